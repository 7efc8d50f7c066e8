// Pseudo-terminals: both ends, the line discipline between them, sessions, and the keys that are signals.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static int master;
static char slave_name[64];

static void ends(void) {
  char text[64];
  struct winsize size = {0};
  master = posix_openpt(O_RDWR | O_NOCTTY);
  say("open", master < 0 ? -1 : 0);
  say("grant", grantpt(master));
  say("unlock", unlockpt(master));
  say("name", ptsname_r(master, slave_name, sizeof(slave_name)));
  const int slave = open(slave_name, O_RDWR | O_NOCTTY);
  say("slave", slave < 0 ? -1 : 0);
  say("a terminal", isatty(slave));
  say("its name", ttyname_r(slave, text, sizeof(text)) == 0 && strcmp(text, slave_name) == 0);
  ioctl(master, TIOCSWINSZ, &(struct winsize){24, 80, 0, 0});
  ioctl(slave, TIOCGWINSZ, &size);
  printf("%dx%d\n", size.ws_row, size.ws_col);
  say("type", write(master, "line\n", 5));
  say("a line", read(slave, text, sizeof(text)));
  say("echo", read(master, text, sizeof(text)));
  say("half a line", write(master, "ha", 2));
  struct pollfd polled = {slave, POLLIN, 0};
  say("is not there yet", poll(&polled, 1, 0));
  write(master, "lf\n", 3);
  say("now it is", poll(&polled, 1, 0));
  say("read", read(slave, text, sizeof(text)));
  read(master, text, sizeof(text));
  struct termios settings;
  tcgetattr(slave, &settings);
  cfmakeraw(&settings);
  say("raw", tcsetattr(slave, TCSANOW, &settings));
  write(master, "x", 1);
  say("each byte", read(slave, text, sizeof(text)));
  say("print", write(slave, "out\n", 4));
  say("as it is", read(master, text, sizeof(text)));
  say("nobody's", tcgetpgrp(slave));
  close(slave);
  say("no slave any more", read(master, text, sizeof(text)));
  close(master);
}

static volatile sig_atomic_t got;
static void on_signal(int signal) { got = signal; }

static void session(void) {
  char text[256] = "";
  int status = 0;
  master = posix_openpt(O_RDWR | O_NOCTTY);
  unlockpt(master);
  ptsname_r(master, slave_name, sizeof(slave_name));
  const pid_t child = fork();
  if (child == 0) {
    close(master);
    setsid();
    const int slave = open(slave_name, O_RDWR);
    sigset_t both;
    sigset_t before;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGWINCH);
    sigprocmask(SIG_BLOCK, &both, &before);
    signal(SIGINT, on_signal);
    signal(SIGWINCH, on_signal);
    signal(SIGHUP, SIG_DFL);
    dprintf(slave, "leader %d\n", tcgetsid(slave) == getpid());
    dprintf(slave, "foreground %d\n", tcgetpgrp(slave) == getpgrp());
    const int same = open("/dev/tty", O_RDWR);
    dprintf(slave, "own terminal %d\n", same >= 0 && isatty(same));
    dprintf(slave, "ready\n");
    while (got != SIGINT) sigsuspend(&before);
    dprintf(slave, "interrupted\n");
    while (got != SIGWINCH) sigsuspend(&before);
    dprintf(slave, "resized\n");
    while (got != SIGINT) sigsuspend(&before);
    dprintf(slave, "told\n");
    sleep(100);
    _exit(0);
  }
  size_t length = 0;
  const char* const waited[] = {"ready", "interrupted", "resized", "told"};
  for (int step = 0; step < 4; ++step) {
    while (strstr(text, waited[step]) == 0) {
      const ssize_t more = read(master, text + length, sizeof(text) - 1 - length);
      if (more <= 0) break;
      length += (size_t)more;
      text[length] = 0;
    }
    if (step == 0) write(master, "\003", 1);
    if (step == 1) ioctl(master, TIOCSWINSZ, &(struct winsize){30, 100, 0, 0});
    if (step == 2) ioctl(master, TIOCSIG, SIGINT);
  }
  fputs(text, stdout);
  say("no such key", ioctl(master, TIOCSIG, SIGTERM));
  close(master);
  wait(&status);
  say("hung up", WIFSIGNALED(status) ? WTERMSIG(status) : -2);
}

// Lines that are typed before anybody reads them. Where their echo lies among the answers is no program's to
// know; that all of it comes is.
static void ahead(void) {
  char text[512];
  master = posix_openpt(O_RDWR | O_NOCTTY);
  unlockpt(master);
  ptsname_r(master, slave_name, sizeof(slave_name));
  fflush(stdout);
  if (fork() == 0) {
    setsid();
    const int slave = open(slave_name, O_RDWR);
    close(master);
    for (int i = 0; i < 3; ++i) {
      const ssize_t length = read(slave, text, sizeof(text));
      dprintf(slave, "got %d\n", (int)length);
    }
    _exit(0);
  }
  const char* const lines[] = {"one\n", "tw\177wo\n", "three\n"};
  for (int i = 0; i < 3; ++i) write(master, lines[i], strlen(lines[i]));
  long all = 0;
  for (ssize_t more; (more = read(master, text, sizeof(text))) > 0;) all += more;
  say("echo and answers", all);
  wait(NULL);
}

static void on_alarm(int signal) {
  (void)signal;
  write(master, "!", 1);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// A terminal that asks for no byte: its readers wait for VTIME tenths of a second, and then for nothing.
static void patience(void) {
  char text[16];
  struct termios settings;
  master = posix_openpt(O_RDWR | O_NOCTTY);
  unlockpt(master);
  ptsname_r(master, slave_name, sizeof(slave_name));
  const int slave = open(slave_name, O_RDWR | O_NOCTTY);
  tcgetattr(slave, &settings);
  cfmakeraw(&settings);
  settings.c_cc[VMIN] = 0;
  settings.c_cc[VTIME] = 0;
  tcsetattr(slave, TCSANOW, &settings);
  long long begin = now();
  say("no patience", read(slave, text, sizeof(text)));
  write(master, "xyz", 3);
  say("what is there", read(slave, text, sizeof(text)));
  say("no more", read(slave, text, sizeof(text)));
  fcntl(slave, F_SETFL, O_NONBLOCK);
  say("without waiting", read(slave, text, sizeof(text)));
  say("at once", now() - begin < 50000000);
  settings.c_cc[VTIME] = 1;
  tcsetattr(slave, TCSANOW, &settings);
  say("neither waiting", read(slave, text, sizeof(text)));
  fcntl(slave, F_SETFL, 0);
  begin = now();
  say("a tenth", read(slave, text, sizeof(text)));
  say("has passed", now() - begin >= 99000000);
  begin = now();
  settings.c_cc[VTIME] = 100;
  tcsetattr(slave, TCSANOW, &settings);
  signal(SIGALRM, on_alarm);
  setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 20000}}, NULL);
  say("sooner", read(slave, text, sizeof(text)));
  say("not the whole time", now() - begin < 5000000000LL);
  close(master);
  close(slave);
}

int main(void) {
  ends();
  patience();
  session();
  ahead();
  return 0;
}
