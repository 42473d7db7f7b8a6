/*
 * `hold COUNT` makes network namespaces, each with a process in it that has five listeners, and named for ip-netns(8); says
 * `ready` and keeps them until its standard input ends.
 *
 * `look` has a NETLINK_SOCK_DIAG socket in each of them and takes the dumps that Portolan takes, with nothing made of the
 * answers. Speaks the contestants' protocol (contestant.mjs): a number of looks at all of them in, a line of JSON out.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KERNEL_TCP_CLOSE = 7, KERNEL_TCP_LISTEN = 10, DATAGRAM_LENGTH = 32 * 1024, MOST = 10000 };

static const char DIRECTORY[] = "/run/netns";

static void fail(const char *operation) {
  perror(operation);
  exit(1);
}

static void listen_on(int family, int type, int port) {
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  int fd = socket(family, type, 0);
  int bound = family == AF_INET ? bind(fd, (struct sockaddr *)&v4, sizeof v4) : bind(fd, (struct sockaddr *)&v6, sizeof v6);
  if (bound < 0) fail("bind");
  if (type == SOCK_STREAM && listen(fd, 5) < 0) fail("listen");
}

static void live_in_one(int number, int ready) {
  char path[64];
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (unshare(CLONE_NEWNET) < 0) fail("unshare");
  listen_on(AF_INET, SOCK_STREAM, 80);
  listen_on(AF_INET, SOCK_STREAM, 1024 + number);
  listen_on(AF_INET6, SOCK_STREAM, 443);
  listen_on(AF_INET, SOCK_DGRAM, 53);
  listen_on(AF_INET6, SOCK_DGRAM, 5353);
  snprintf(path, sizeof path, "%s/bench%d", DIRECTORY, number);
  close(open(path, O_CREAT | O_RDONLY, 0444));
  if (mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL) < 0) fail("mount");
  if (write(ready, "", 1) != 1) fail("write");
  for (;;) pause();
}

static int hold(int count) {
  int ready[2];
  char byte;
  if (pipe(ready) < 0) fail("pipe");
  for (int number = 0; number < count; number++) {
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) live_in_one(number, ready[1]);
    if (read(ready[0], &byte, 1) != 1) fail("read");
  }
  puts("ready");
  fflush(stdout);
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
  return 0;
}

static int fds[MOST];
static int fd_count;

static void open_all(void) {
  DIR *directory = opendir(DIRECTORY);
  int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (directory == NULL || home < 0) fail(DIRECTORY);
  for (struct dirent *entry; fd_count < MOST && (entry = readdir(directory)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    int there = openat(dirfd(directory), entry->d_name, O_RDONLY | O_CLOEXEC);
    if (there < 0 || setns(there, CLONE_NEWNET) < 0) fail(entry->d_name);
    close(there);
    fds[fd_count] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fds[fd_count++] < 0) fail("socket");
    if (setns(home, CLONE_NEWNET) < 0) fail("setns");
  }
  closedir(directory);
}

static char datagram[DATAGRAM_LENGTH] __attribute__((aligned(NLMSG_ALIGNTO)));

static int take_dump(int fd, const void *request, size_t length) {
  if (send(fd, request, length, 0) < 0) fail("send");
  int sockets = 0;
  for (;;) {
    ssize_t received = recv(fd, datagram, sizeof datagram, 0);
    if (received <= 0) fail("recv");
    int left = (int)received;
    for (struct nlmsghdr *message = (struct nlmsghdr *)datagram; NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type == NLMSG_DONE) return sockets;
      if (message->nlmsg_type == NLMSG_ERROR) {
        fputs("the kernel refused the dump\n", stderr);
        exit(1);
      }
      sockets++;
    }
  }
}

/* Both families in one, as the older form of the request has it. */
static int dump(int fd, int protocol, int state) {
  struct {
    struct nlmsghdr header;
    struct inet_diag_req body;
    struct nlattr attribute;
    unsigned protocol;
  } request = {.header = {.nlmsg_len = sizeof request,
                          .nlmsg_type = TCPDIAG_GETSOCK,
                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                          .nlmsg_seq = 1},
               .body = {.idiag_states = 1u << state},
               .attribute = {.nla_len = 8, .nla_type = INET_DIAG_REQ_PROTOCOL},
               .protocol = protocol};
  return take_dump(fd, &request, sizeof request);
}

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int look(void) {
  char line[32];
  open_all();
  while (fgets(line, sizeof line, stdin) != NULL) {
    int sockets = 0;
    fputs("{\"microseconds\":[", stdout);
    for (int left = atoi(line); left > 0; left--) {
      double start = now_us();
      sockets = 0;
      for (int i = 0; i < fd_count; i++)
        sockets += dump(fds[i], IPPROTO_TCP, KERNEL_TCP_LISTEN) + dump(fds[i], IPPROTO_UDP, KERNEL_TCP_CLOSE);
      printf("%.3f%s", now_us() - start, left > 1 ? "," : "");
    }
    printf("],\"sockets\":%d}\n", sockets);
    fflush(stdout);
  }
  return 0;
}

int main(int count, char **arguments) {
  struct rlimit files = {.rlim_cur = MOST + 100, .rlim_max = MOST + 100};
  setrlimit(RLIMIT_NOFILE, &files);
  if (count == 3 && strcmp(arguments[1], "hold") == 0) return hold(atoi(arguments[2]));
  if (count == 2 && strcmp(arguments[1], "look") == 0) return look();
  fputs("usage: namespaces hold COUNT | look\n", stderr);
  return 2;
}
