/*
 * Listens on ports of 127.0.0.1, one after the other, each for no time at all, and prints how many it listened on.
 *
 *   short-lived exit FIRST COUNT                 a child listens and ends by _exit(), its socket still open
 *   short-lived elsewhere FIRST COUNT NETNS      this thread enters another namespace, listens, closes, and returns
 *   short-lived shutdown FIRST COUNT             shuts the socket down before it closes it
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int listening(int port) {
  int one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (void *)&address, sizeof address) || listen(fd, 1)) {
    perror("listen");
    exit(1);
  }
  return fd;
}

int main(int count, char **arguments) {
  char *how = arguments[1];
  int first = atoi(arguments[2]);
  int ports = atoi(arguments[3]);
  int home = open("/proc/self/ns/net", O_RDONLY);
  int away = count > 4 ? open(arguments[4], O_RDONLY) : -1;
  int listened = 0;
  for (int port = first; port < first + ports; port++) {
    if (strcmp(how, "exit") == 0) {
      if (fork() == 0) {
        listening(port);
        _exit(0);
      }
      int status;
      wait(&status);
      listened += status == 0;
    } else if (strcmp(how, "elsewhere") == 0) {
      if (setns(away, CLONE_NEWNET)) return 1;
      close(listening(port));
      if (setns(home, CLONE_NEWNET)) return 1;
      listened++;
    } else {
      int fd = listening(port);
      shutdown(fd, SHUT_RDWR);
      close(fd);
      listened++;
    }
  }
  printf("%d\n", listened);
  fflush(stdout);
  getchar();
  return 0;
}
