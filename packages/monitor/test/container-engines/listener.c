/*
 * Listens, as the only program of an image:  /listener [every MS] (tcp|udp ADDRESS PORT)...
 * At SIGUSR1, or at each interval, it closes all its ports, and opens them again at the next. SIGTERM ends it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int open_port(const char *protocol, const char *address, int port) {
  int is_tcp = strcmp(protocol, "tcp") == 0;
  int is_6 = strchr(address, ':') != NULL;
  int one = 1;
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  if (inet_pton(is_6 ? AF_INET6 : AF_INET, address, is_6 ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr) != 1) {
    fprintf(stderr, "no address: %s\n", address);
    exit(2);
  }
  int fd = socket(is_6 ? AF_INET6 : AF_INET, is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (is_6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  int failed = is_6 ? bind(fd, (void *)&v6, sizeof v6) : bind(fd, (void *)&v4, sizeof v4);
  if (failed || (is_tcp && listen(fd, 128))) {
    perror(address);
    exit(1);
  }
  return fd;
}

int main(int count, char **arguments) {
  int first = 1;
  long every_ms = 0;
  if (count > 2 && strcmp(arguments[1], "every") == 0) {
    every_ms = atol(arguments[2]);
    first = 3;
  }
  int ports = (count - first) / 3;
  int *fds = calloc(ports + 1, sizeof *fds);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  struct timespec interval = {every_ms / 1000, every_ms % 1000 * 1000000};
  for (int is_open = 0;;) {
    is_open = !is_open;
    for (int i = 0; i < ports; i++) {
      char **port = arguments + first + 3 * i;
      if (is_open) fds[i] = open_port(port[0], port[1], atoi(port[2]));
      else close(fds[i]);
    }
    puts(is_open ? "open" : "closed");
    fflush(stdout);
    int signal;
    do signal = sigtimedwait(&signals, NULL, every_ms ? &interval : NULL);
    while (signal < 0 && errno == EINTR);
    if (signal == SIGTERM) return 0;
  }
}
