/*
 * Opens and closes listeners at random moments: openings LEAST_MS MOST_MS PAUSE_MS
 *
 * For each line with a number of rounds on standard input it goes so many rounds: opens LISTENERS_A_ROUND TCP listeners,
 * each on a port of its own and LEAST_MS to MOST_MS after the last one, pauses, closes them in the same way, and pauses.
 * Answers in a line of JSON: `opened` and `closed`, pairs of a port and of the nanoseconds of CLOCK_MONOTONIC at which
 * listen() or close() had returned. Ends with its input.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_PORT = 20000, LISTENERS_A_ROUND = 25, MAX_ROUNDS = 100, MAX_LISTENERS = LISTENERS_A_ROUND * MAX_ROUNDS };

static long long opened_ns[MAX_LISTENERS];
static long long closed_ns[MAX_LISTENERS];

static void fail(const char *operation) {
  perror(operation);
  exit(1);
}

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static void sleep_us(long us) {
  struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
  nanosleep(&time, NULL);
}

static void sleep_between(long least_ms, long most_ms) {
  sleep_us(1000 * least_ms + random() % (1000 * (most_ms - least_ms) + 1));
}

static int listen_on(int port) {
  struct sockaddr_in name = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) fail("socket");
  if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0) fail("bind");
  if (listen(fd, 511) < 0) fail("listen");
  return fd;
}

static void print(const char *name, const long long *times, int count) {
  printf("\"%s\":[", name);
  for (int i = 0; i < count; i++) printf("%s[%d,%lld]", i > 0 ? "," : "", FIRST_PORT + i, times[i]);
  putchar(']');
}

int main(int count, char **arguments) {
  if (count != 4) {
    fputs("usage: openings LEAST_MS MOST_MS PAUSE_MS\n", stderr);
    return 2;
  }
  long least_ms = atol(arguments[1]);
  long most_ms = atol(arguments[2]);
  long pause_us = 1000 * atol(arguments[3]);
  char line[32];
  while (fgets(line, sizeof line, stdin) != NULL) {
    int listeners = LISTENERS_A_ROUND * atoi(line);
    if (listeners > MAX_LISTENERS) listeners = MAX_LISTENERS;
    for (int first = 0; first < listeners; first += LISTENERS_A_ROUND) {
      int fds[LISTENERS_A_ROUND];
      for (int i = 0; i < LISTENERS_A_ROUND; i++) {
        sleep_between(least_ms, most_ms);
        fds[i] = listen_on(FIRST_PORT + first + i);
        opened_ns[first + i] = now_ns();
      }
      sleep_us(pause_us);
      for (int i = 0; i < LISTENERS_A_ROUND; i++) {
        sleep_between(least_ms, most_ms);
        close(fds[i]);
        closed_ns[first + i] = now_ns();
      }
      sleep_us(pause_us);
    }
    putchar('{');
    print("opened", opened_ns, listeners);
    putchar(',');
    print("closed", closed_ns, listeners);
    puts("}");
    fflush(stdout);
  }
  return 0;
}
