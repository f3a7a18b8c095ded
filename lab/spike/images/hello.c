/* The container of the first static pod: says so once, then waits to be ended. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static void end(int signal) { (void)signal; _exit(0); }

int main(void) {
  signal(SIGTERM, end);
  puts("hello from a static pod");
  fflush(stdout);
  for (;;) pause();
}
