// Threads: mutexes of all kinds, condition variables, barriers, thread-local data, cancellation.
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { kThreads = 4, kRounds = 500 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static _Thread_local long local = 5;
static long counter, turns, initialised, destroyed;
static _Atomic long atomics;
static sem_t slots;

static void initialise(void) { ++initialised; }
static void destroy(void* value) { __atomic_add_fetch(&destroyed, (long)(intptr_t)value, __ATOMIC_RELAXED); }

static void* count(void* argument) {
  const long id = (long)(intptr_t)argument;
  pthread_once(&once, initialise);
  pthread_setspecific(key, (void*)(intptr_t)(id + 1));
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < kRounds; ++i) {
    pthread_mutex_lock(&mutex);
    ++counter;
    pthread_mutex_unlock(&mutex);
    ++atomics;
    local += id;
    if (i % 100 == 0) {
      pthread_rwlock_rdlock(&rwlock);
      pthread_rwlock_unlock(&rwlock);
      pthread_rwlock_wrlock(&rwlock);
      pthread_rwlock_unlock(&rwlock);
      sem_wait(&slots);
      usleep(10);
      sem_post(&slots);
    }
  }
  return (void*)(intptr_t)local;
}

// Thread `id` runs when turns % kThreads is its number.
static void* take_turns(void* argument) {
  const long id = (long)(intptr_t)argument;
  for (int i = 0; i < 20; ++i) {
    pthread_mutex_lock(&mutex);
    while (turns % kThreads != id) pthread_cond_wait(&changed, &mutex);
    ++turns;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}

static void* wait_for_ever(void* unused) {
  (void)unused;
  for (;;) pause();
  return NULL;
}

static void* hold_a_while(void* held) {
  pthread_mutex_lock(held);
  usleep(20000);
  pthread_mutex_unlock(held);
  return NULL;
}

static void timed_waits(void) {
  pthread_t thread;
  struct timespec limit;
  pthread_create(&thread, NULL, hold_a_while, &mutex);
  usleep(5000);
  clock_gettime(CLOCK_REALTIME, &limit);
  limit.tv_nsec += 1000;
  printf("timed lock: %s\n", strerrorname_np(pthread_mutex_timedlock(&mutex, &limit)));
  pthread_mutex_lock(&mutex);
  clock_gettime(CLOCK_REALTIME, &limit);
  printf("timed wait: %s\n", strerrorname_np(pthread_cond_timedwait(&changed, &mutex, &limit)));
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, NULL);
}

int main(void) {
  pthread_t threads[kThreads];
  void* result;
  pthread_key_create(&key, destroy);
  pthread_barrier_init(&barrier, NULL, kThreads);
  sem_init(&slots, 0, 2);
  for (long i = 0; i < kThreads; ++i) pthread_create(&threads[i], NULL, count, (void*)(intptr_t)i);
  for (long i = 0; i < kThreads; ++i) {
    pthread_join(threads[i], &result);
    say("thread-local", (long)(intptr_t)result);
  }
  say("counter", counter);
  say("atomics", atomics);
  say("once", initialised);
  say("destructors", destroyed);
  for (long i = 0; i < kThreads; ++i) pthread_create(&threads[i], NULL, take_turns, (void*)(intptr_t)i);
  for (long i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
  say("turns", turns);
  timed_waits();
  pthread_create(&threads[0], NULL, wait_for_ever, NULL);
  usleep(1000);
  pthread_cancel(threads[0]);
  pthread_join(threads[0], &result);
  say("cancelled", result == PTHREAD_CANCELED);
  pthread_exit((void*)3);
}
