// Timers: setitimer, timer_create with its ways to tell, timerfd, alarm, processor time.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t ticks;
static volatile int told_by_thread;

static void tick(int signal) {
  (void)signal;
  ++ticks;
}
static void in_thread(union sigval value) { told_by_thread = value.sival_int; }

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void interval_timers(void) {
  signal(SIGALRM, tick);
  signal(SIGPROF, tick);
  signal(SIGVTALRM, tick);
  const struct itimerval often = {{0, 400}, {0, 400}};
  const struct itimerval never = {{0, 0}, {0, 0}};
  struct itimerval old;
  const long begin = milliseconds();
  setitimer(ITIMER_REAL, &often, NULL);
  while (ticks < 10) pause();
  setitimer(ITIMER_REAL, &never, &old);
  say("took long enough", milliseconds() - begin >= 3);
  say("interval", old.it_interval.tv_usec);
  ticks = 0;
  setitimer(ITIMER_VIRTUAL, &often, NULL);
  while (ticks < 3) continue;
  setitimer(ITIMER_VIRTUAL, &never, NULL);
  setitimer(ITIMER_PROF, &often, NULL);
  while (ticks < 6) continue;
  setitimer(ITIMER_PROF, &never, NULL);
  say("processor time ticks", ticks >= 6);
  say("alarm", alarm(100));
  say("alarm left", alarm(0) >= 99);
  if (fork() == 0) {
    signal(SIGALRM, SIG_DFL);
    ualarm(100, 0);
    for (;;) continue;
  }
  int status;
  wait(&status);
  say("killed by", WTERMSIG(status));
}

static void posix_timers(void) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
  event.sigev_value.sival_int = 55;
  sigset_t set;
  siginfo_t info;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &set, NULL);
  say("create", timer_create(CLOCK_MONOTONIC, &event, &timer));
  struct itimerspec spec = {{0, 1000000}, {0, 1000000}};
  say("settime", timer_settime(timer, 0, &spec, NULL));
  say("signal is rtmin", sigwaitinfo(&set, &info) == SIGRTMIN);
  printf("code %d value %d\n", info.si_code, info.si_value.sival_int);
  usleep(20000);
  sigwaitinfo(&set, &info);
  say("overrun", info.si_overrun >= 10 && timer_getoverrun(timer) == info.si_overrun);
  say("delete", timer_delete(timer));
  say("gone", timer_delete(timer));
  event.sigev_notify = SIGEV_NONE;
  timer_create(CLOCK_REALTIME, &event, &timer);
  spec.it_interval.tv_nsec = 0;
  spec.it_value.tv_sec = 100;
  timer_settime(timer, 0, &spec, NULL);
  timer_gettime(timer, &spec);
  say("left", spec.it_value.tv_sec >= 99);
  clock_gettime(CLOCK_REALTIME, &spec.it_value);
  spec.it_value.tv_sec += 50;
  timer_settime(timer, TIMER_ABSTIME, &spec, NULL);
  timer_gettime(timer, &spec);
  say("absolute left", spec.it_value.tv_sec == 49 || spec.it_value.tv_sec == 50);
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_notify_function = in_thread;
  say("create with thread", timer_create(CLOCK_MONOTONIC, &event, &timer));
  spec = (struct itimerspec){{0, 0}, {0, 200000}};
  timer_settime(timer, 0, &spec, NULL);
  while (told_by_thread == 0) usleep(1000);
  say("told by thread", told_by_thread);
  event.sigev_notify = SIGEV_SIGNAL;
  timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer);
  timer_settime(timer, 0, &spec, NULL);
  for (;;) {
    const struct timespec at_once = {0, 0};
    if (sigtimedwait(&set, &info, &at_once) == SIGRTMIN) break;
  }
  say("by processor time", info.si_value.sival_int);
}

static void timer_files(void) {
  uint64_t count = 0;
  const int file = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct itimerspec spec = {{0, 1000000}, {0, 3000000}};
  say("nothing", read(file, &count, sizeof(count)));
  say("settime", timerfd_settime(file, 0, &spec, NULL));
  struct pollfd polled = {file, POLLIN, 0};
  say("poll", poll(&polled, 1, 1000));
  usleep(5000);
  say("read", read(file, &count, sizeof(count)));
  say("several", count >= 5);
  timerfd_gettime(file, &spec);
  say("interval", spec.it_interval.tv_nsec);
  fcntl(file, F_SETFL, 0);
  say("waits", read(file, &count, sizeof(count)));
  say("write", write(file, &count, sizeof(count)));
  memset(&spec, 0, sizeof(spec));
  timerfd_settime(file, 0, &spec, NULL);
  say("disarmed", poll(&polled, 1, 5));
  spec.it_value.tv_nsec = 1;
  timerfd_settime(file, TFD_TIMER_ABSTIME, &spec, NULL);
  say("long past", poll(&polled, 1, 1000));
  say("no clock", timerfd_create(77, 0));
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  interval_timers();
  posix_timers();
  timer_files();
  const struct timespec zero = {0, 0};
  say("clock_settime", clock_settime(CLOCK_MONOTONIC, &zero));
  return 0;
}
