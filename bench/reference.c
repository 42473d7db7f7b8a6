/*
 * What a look costs at the least: the four NETLINK_SOCK_DIAG dumps of listening sockets, with nothing made of
 * the answers. Speaks the contestants' protocol (contestant.mjs): a number of looks in, a line of JSON out.
 *
 * With `every MS` it looks at that interval instead, for as many seconds as a line says, and answers with how many `looks`
 * that were.
 */
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KERNEL_TCP_CLOSE = 7, KERNEL_TCP_LISTEN = 10, DATAGRAM_LENGTH = 32 * 1024 };

struct dump_request {
  struct nlmsghdr header;
  struct inet_diag_req_v2 body;
};

static char datagram[DATAGRAM_LENGTH] __attribute__((aligned(NLMSG_ALIGNTO)));

static void fail(const char *operation) {
  perror(operation);
  exit(1);
}

static int dump(int fd, int family, int protocol, int state) {
  struct dump_request request = {
      .header = {.nlmsg_len = sizeof request,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                 .nlmsg_seq = 1},
      .body = {.sdiag_family = family, .sdiag_protocol = protocol, .idiag_states = 1u << state},
  };
  if (send(fd, &request, sizeof request, 0) < 0) fail("send");
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

static int look(int fd) {
  return dump(fd, AF_INET, IPPROTO_TCP, KERNEL_TCP_LISTEN) + dump(fd, AF_INET6, IPPROTO_TCP, KERNEL_TCP_LISTEN) +
         dump(fd, AF_INET, IPPROTO_UDP, KERNEL_TCP_CLOSE) + dump(fd, AF_INET6, IPPROTO_UDP, KERNEL_TCP_CLOSE);
}

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static void look_every(int interval_ms, int fd) {
  const struct timespec interval = {.tv_sec = interval_ms / 1000, .tv_nsec = interval_ms % 1000 * 1000000l};
  char line[32];
  while (fgets(line, sizeof line, stdin) != NULL) {
    int looks = 0;
    double start_us = now_us();
    for (; now_us() - start_us < atoi(line) * 1e6; looks++) {
      nanosleep(&interval, NULL);
      look(fd);
    }
    printf("{\"looks\":%d}\n", looks);
    fflush(stdout);
  }
}

int main(int count, char **arguments) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) fail("socket");
  if (count == 3 && strcmp(arguments[1], "every") == 0) {
    look_every(atoi(arguments[2]), fd);
    return 0;
  }
  char line[32];
  while (fgets(line, sizeof line, stdin) != NULL) {
    int sockets = 0;
    fputs("{\"microseconds\":[", stdout);
    for (int left = atoi(line); left > 0; left--) {
      double start = now_us();
      sockets = look(fd);
      double took = now_us() - start;
      printf("%.3f%s", took, left > 1 ? "," : "");
    }
    printf("],\"sockets\":%d}\n", sockets);
    fflush(stdout);
  }
  return 0;
}
