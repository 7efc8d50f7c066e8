// Two threads that wait for each other for ever, and a process that waits for them.
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;

static void* other_way(void* unused) {
  pthread_mutex_lock(&second);
  usleep(1000);
  pthread_mutex_lock(&first);
  return unused;
}

int main(void) {
  pthread_t thread;
  puts("before");
  fflush(stdout);
  if (fork() != 0) {
    wait(NULL);
    return 1;
  }
  pthread_create(&thread, NULL, other_way, NULL);
  pthread_mutex_lock(&first);
  usleep(1000);
  pthread_mutex_lock(&second);
  puts("never");
  return 0;
}
