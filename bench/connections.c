/*
 * Fills a network namespace: connections CONNECTIONS LISTENERS [ipv6]
 *
 * Brings its loopback device up, binds a TCP and a UDP socket on IPv4 (with `ipv6`, three and one on IPv6 too),
 * makes that many more listeners and that many established IPv4 connections to the first one, says
 * `ready SOCKETS` with the number of listening sockets, and holds them all until standard input ends.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  FIRST_PORT = 2000,
  UDP_PORT = 3000,
  IPV6_PORT = 4000,
  MORE_PORT = 10000,
  /* Below the number of ephemeral ports (28,232 by default), which bounds the connections to one address. */
  CONNECTIONS_AN_ADDRESS = 10000,
  FILES_BESIDE = 64,
};

static void fail(const char *operation) {
  perror(operation);
  exit(1);
}

static void bring_loopback_up(void) {
  struct ifreq request = {.ifr_name = "lo"};
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0) fail("lo");
  request.ifr_flags |= IFF_UP;
  if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) fail("lo up");
  close(fd);
}

static struct sockaddr_in ipv4(uint32_t address, int port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
}

static struct sockaddr_in6 ipv6(struct in6_addr address, int port) {
  return (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = address};
}

static int bound(int type, const void *address, socklen_t length) {
  int family = ((const struct sockaddr *)address)->sa_family;
  int fd = socket(family, type, 0);
  if (fd < 0) fail("socket");
  if (bind(fd, address, length) < 0) fail("bind");
  if (type == SOCK_STREAM && listen(fd, 511) < 0) fail("listen");
  return fd;
}

static int bound_ipv4(int type, uint32_t address, int port) {
  struct sockaddr_in name = ipv4(address, port);
  return bound(type, &name, sizeof name);
}

static int bound_ipv6(int type, struct in6_addr address, int port) {
  struct sockaddr_in6 name = ipv6(address, port);
  return bound(type, &name, sizeof name);
}

static void listen_at(int count) {
  for (int i = 0; i < count; i++)
    bound_ipv4(SOCK_STREAM, i % 2 == 0 ? INADDR_ANY : INADDR_LOOPBACK, MORE_PORT + i);
}

static void connect_to(int listener, int first, int count) {
  /* Reset when closed: nothing stays behind in TIME_WAIT for whoever measures next. */
  const struct linger reset = {.l_onoff = 1, .l_linger = 0};
  for (int i = first; i < first + count; i++) {
    struct sockaddr_in name = ipv4(INADDR_LOOPBACK + i / CONNECTIONS_AN_ADDRESS, FIRST_PORT);
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0) fail("socket");
    if (setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) < 0) fail("SO_LINGER");
    if (connect(client, (struct sockaddr *)&name, sizeof name) < 0) fail("connect");
    if (accept(listener, NULL, NULL) < 0) fail("accept");
  }
}

static void hold_until_end_of_input(void) {
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
}

/* Connects in as many child processes as it takes to stay below the limit of open files of each. */
static void connect_in_children(int listener, int count, int share) {
  for (int first = 0; first < count; first += share) {
    int done[2];
    if (pipe(done) < 0) fail("pipe");
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
      close(done[0]);
      connect_to(listener, first, count - first < share ? count - first : share);
      if (write(done[1], "", 1) != 1) fail("pipe");
      close(done[1]);
      hold_until_end_of_input();
      _exit(0);
    }
    char byte;
    close(done[1]);
    if (read(done[0], &byte, 1) != 1) exit(1);
    close(done[0]);
  }
}

int main(int count, char **arguments) {
  if (count < 3) {
    fputs("usage: connections CONNECTIONS LISTENERS [ipv6]\n", stderr);
    return 2;
  }
  int connections = atoi(arguments[1]);
  int listeners = atoi(arguments[2]);
  int with_ipv6 = count > 3 && strcmp(arguments[3], "ipv6") == 0;

  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) < 0) fail("RLIMIT_NOFILE");
  bring_loopback_up();

  int first = bound_ipv4(SOCK_STREAM, INADDR_ANY, FIRST_PORT);
  bound_ipv4(SOCK_DGRAM, INADDR_ANY, UDP_PORT);
  if (with_ipv6) {
    for (int i = 0; i < 3; i++) bound_ipv6(SOCK_STREAM, in6addr_any, IPV6_PORT + i);
    bound_ipv6(SOCK_DGRAM, in6addr_any, IPV6_PORT);
  }
  listen_at(listeners);
  connect_in_children(first, connections, ((int)files.rlim_max - listeners - FILES_BESIDE) / 2);

  printf("ready %d\n", 2 + listeners + (with_ipv6 ? 4 : 0));
  fflush(stdout);
  hold_until_end_of_input();
  while (wait(NULL) > 0) continue;
  return 0;
}
