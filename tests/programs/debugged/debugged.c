// What debuggers_check.py looks at with gdb and strace: calls some deep, a thread, a signal, and a wait.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int square(int n) {
  const int result = n * n;
  return result;
}

static int sum(int most) {
  int total = 0;
  for (int i = 1; i <= most; i++) {
    total += square(i);
  }
  return total;
}

static void* work(void* with) {
  int* const number = with;
  *number = sum(*number);
  return with;
}

static volatile int heard;
static void handler(int signal) { heard = signal; }

static void wait_for(const char* path) {
  while (access(path, F_OK) != 0) usleep(10000);
}

int main(int argc, char** argv) {
  const char* const what = argc > 1 ? argv[1] : "";
  printf("sum %d\n", sum(3));
  fflush(stdout);
  if (strcmp(what, "thread") == 0) {
    pthread_t thread;
    int number = 4;
    pthread_create(&thread, NULL, work, &number);
    pthread_join(thread, NULL);
    printf("thread %d\n", number);
  } else if (strcmp(what, "signal") == 0) {
    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    printf("heard %d\n", heard);
  } else if (argc > 2) {
    wait_for(argv[2]);
  }
  return 7;
}
