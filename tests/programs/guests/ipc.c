// System V's shared memory, semaphores and message queues, and POSIX's queues, within a process and between some.
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { kKey = 0x5132 };

union semun {
  int val;
  struct semid_ds* buf;
  unsigned short* array;
};

static void shared_memory(void) {
  struct shmid_ds status;
  const int id = shmget(kKey, 100000, IPC_CREAT | IPC_EXCL | 0640);
  say("shmget", id < 0 ? -1 : 0);
  say("again", shmget(kKey, 100000, IPC_CREAT | IPC_EXCL | 0640));
  say("larger", shmget(kKey, 200000, 0));
  say("same", shmget(kKey, 50000, 0) == id);
  say("no such", shmget(kKey + 1, 100, 0));
  say("empty", shmget(IPC_PRIVATE, 0, IPC_CREAT | 0600));
  char* const first = shmat(id, 0, 0);
  char* const second = shmat(id, 0, SHM_RDONLY);
  strcpy(first + 99990, "two views");
  printf("%s\n", second + 99990);
  say("stat", shmctl(id, IPC_STAT, &status));
  say("size", (long)status.shm_segsz);
  say("attached", (long)status.shm_nattch);
  say("mode", status.shm_perm.mode);
  if (fork() == 0) {
    shmctl(id, IPC_STAT, &status);
    say("attached in the child too", (long)status.shm_nattch);
    strcpy(first, "from the child");
    _exit(0);
  }
  wait(0);
  printf("%s\n", second);
  say("bad detach", shmdt(first + 4096));
  say("detach", shmdt(first));
  say("remove", shmctl(id, IPC_RMID, 0));
  say("key is free", shmget(kKey, 100, 0));
  say("still there", shmctl(id, IPC_STAT, &status));
  say("marked", (status.shm_perm.mode & SHM_DEST) != 0);
  printf("%s\n", second);
  say("last detach", shmdt(second));
  say("gone", shmctl(id, IPC_STAT, &status));
}

// Prints what /proc says of one, without its times and the numbers of programs.
static void list(const char* kind, int wanted) {
  char path[64];
  char line[512];
  snprintf(path, sizeof(path), "/proc/sysvipc/%s", kind);
  FILE* const file = fopen(path, "r");
  if (file == NULL) return say(kind, -1);
  fputs(fgets(line, sizeof(line), file), stdout);
  while (fgets(line, sizeof(line), file) != NULL) {
    int key = 0;
    int id = 0;
    unsigned mode = 0;
    unsigned long size = 0;
    sscanf(line, "%d %d %o %lu", &key, &id, &mode, &size);
    if (id == wanted) printf("%s %x %o %lu\n", kind, (unsigned)key, mode, size);
  }
  fclose(file);
}

static void lists(void) {
  const int segment = shmget(kKey, 100000, IPC_CREAT | 0640);
  const int set = semget(kKey, 3, IPC_CREAT | 0600);
  const int queue = msgget(kKey, IPC_CREAT | 0604);
  struct {
    long type;
    char text[8];
  } const message = {3, "three"};
  msgsnd(queue, &message, 6, 0);
  list("shm", segment);
  list("sem", set);
  list("msg", queue);
  shmctl(segment, IPC_RMID, 0);
  semctl(set, 0, IPC_RMID);
  msgctl(queue, IPC_RMID, 0);
  list("shm", segment);
}

// What munmap has left of an attachment.
static void torn(void) {
  struct shmid_ds status;
  enum { kPage = 65536 };
  const int id = shmget(IPC_PRIVATE, 4 * kPage, IPC_CREAT | 0600);
  char* const holed = shmat(id, 0, 0);
  char* const headless = shmat(id, 0, 0);
  munmap(holed + kPage, kPage);
  munmap(headless, kPage);
  shmctl(id, IPC_STAT, &status);
  say("parts", (long)status.shm_nattch);
  say("not its begin", shmdt(headless + kPage));
  say("without its head", shmdt(headless));
  shmctl(id, IPC_STAT, &status);
  say("left", (long)status.shm_nattch);
  say("with a hole", shmdt(holed));
  shmctl(id, IPC_STAT, &status);
  say("nothing left", (long)status.shm_nattch);
  say("twice", shmdt(holed));
  shmctl(id, IPC_RMID, 0);
}

static void on_alarm(int signal) { (void)signal; }

static void semaphores(void) {
  const int id = semget(kKey, 3, IPC_CREAT | 0600);
  unsigned short values[3] = {1, 2, 3};
  say("semget", id < 0 ? -1 : 0);
  say("setall", semctl(id, 0, SETALL, (union semun){.array = values}));
  say("value", semctl(id, 1, GETVAL));
  say("too large", semctl(id, 1, SETVAL, (union semun){.val = 40000}));
  say("no such semaphore", semctl(id, 3, GETVAL));
  struct sembuf both[2] = {{0, -1, IPC_NOWAIT}, {1, -3, IPC_NOWAIT}};
  say("both or none", semop(id, both, 2));
  say("untouched", semctl(id, 0, GETVAL));
  both[1].sem_op = -2;
  say("both", semop(id, both, 2));
  struct sembuf zero = {2, 0, IPC_NOWAIT};
  say("not zero", semop(id, &zero, 1));
  struct sembuf outside = {7, 1, 0};
  say("outside", semop(id, &outside, 1));
  const struct timespec little = {0, 20000000};
  struct sembuf down = {0, -1, 0};
  say("timed", semtimedop(id, &down, 1, &little));
  // The child's end gives back what it took.
  struct sembuf take = {2, -3, SEM_UNDO};
  if (fork() == 0) {
    say("taken", semop(id, &take, 1));
    say("left", semctl(id, 2, GETVAL));
    _exit(0);
  }
  wait(0);
  say("given back", semctl(id, 2, GETVAL));
  // A parent that waits for its child.
  if (fork() == 0) {
    struct sembuf up = {0, 1, 0};
    usleep(2000);
    _exit(semop(id, &up, 1) == 0 ? 0 : 1);
  }
  say("woken", semop(id, &down, 1));
  wait(0);
  struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, 0);
  ualarm(2000, 0);
  say("interrupted", semop(id, &down, 1));
  if (fork() == 0) {
    usleep(2000);
    _exit(semctl(id, 0, IPC_RMID) == 0 ? 0 : 1);
  }
  say("removed meanwhile", semop(id, &down, 1));
  wait(0);
}

struct text {
  long type;
  char text[64];
};

static void messages(void) {
  const int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
  struct text message = {3, "three"};
  struct msqid_ds status;
  say("send", msgsnd(id, &message, 6, 0));
  message = (struct text){1, "one"};
  say("send", msgsnd(id, &message, 4, 0));
  message = (struct text){2, "two"};
  say("send", msgsnd(id, &message, 4, 0));
  message.type = 0;
  say("no type", msgsnd(id, &message, 4, 0));
  say("too long", msgsnd(id, &message, 9000, 0));
  msgctl(id, IPC_STAT, &status);
  say("messages", (long)status.msg_qnum);
  say("of type 2", msgrcv(id, &message, sizeof(message.text), 2, 0));
  puts(message.text);
  say("least up to 3", msgrcv(id, &message, sizeof(message.text), -3, 0));
  puts(message.text);
  say("no room", msgrcv(id, &message, 2, 0, 0));
  say("shortened", msgrcv(id, &message, 2, 0, MSG_NOERROR));
  say("none", msgrcv(id, &message, 2, 0, IPC_NOWAIT));
  if (fork() == 0) {
    usleep(2000);
    message = (struct text){9, "late"};
    _exit(msgsnd(id, &message, 5, 0) == 0 ? 0 : 1);
  }
  say("waited", msgrcv(id, &message, sizeof(message.text), 9, 0));
  puts(message.text);
  wait(0);
  int sent = 0;
  while (msgsnd(id, &message, 64, IPC_NOWAIT) == 0) ++sent;
  say("until full", sent);
  say("full", msgsnd(id, &message, 64, IPC_NOWAIT));
  say("remove", msgctl(id, IPC_RMID, 0));
  say("gone", msgsnd(id, &message, 64, IPC_NOWAIT));
}

static volatile sig_atomic_t told;
static void on_message(int signal) { told = signal; }

static void posix_queues(void) {
  struct mq_attr attributes = {.mq_maxmsg = 3, .mq_msgsize = 32};
  char text[32];
  unsigned priority = 0;
  mq_unlink("/m2sim_ipc");
  say("not there", mq_open("/m2sim_ipc", O_RDWR));
  const mqd_t queue = mq_open("/m2sim_ipc", O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
  say("open", queue < 0 ? -1 : 0);
  say("exists", mq_open("/m2sim_ipc", O_RDWR | O_CREAT | O_EXCL, 0600, &attributes));
  say("send low", mq_send(queue, "low", 4, 1));
  say("send high", mq_send(queue, "high", 5, 9));
  say("send low again", mq_send(queue, "last", 5, 1));
  say("too long", mq_send(queue, text, 33, 1));
  struct pollfd polled = {queue, POLLIN | POLLOUT, 0};
  poll(&polled, 1, 0);
  say("full: only to read", polled.revents == POLLIN);
  mq_getattr(queue, &attributes);
  say("messages", attributes.mq_curmsgs);
  struct timespec past = {1, 0};
  say("full", mq_timedsend(queue, "x", 2, 0, &past));
  say("small buffer", mq_receive(queue, text, 10, &priority));
  for (int i = 0; i < 3; ++i) {
    say("receive", mq_receive(queue, text, sizeof(text), &priority));
    printf("%s %u\n", text, priority);
  }
  poll(&polled, 1, 0);
  say("empty: only to write", polled.revents == POLLOUT);
  say("empty", mq_timedreceive(queue, text, sizeof(text), &priority, &past));
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
  signal(SIGUSR1, on_message);
  say("notify", mq_notify(queue, &event));
  say("twice", mq_notify(queue, &event));
  if (fork() == 0) _exit(mq_send(queue, "news", 5, 0) == 0 ? 0 : 1);
  wait(0);
  say("told", told == SIGUSR1);
  attributes.mq_flags = O_NONBLOCK;
  mq_setattr(queue, &attributes, 0);
  say("receive", mq_receive(queue, text, sizeof(text), &priority));
  say("none", mq_receive(queue, text, sizeof(text), &priority));
  say("unlink", mq_unlink("/m2sim_ipc"));
  say("unlink again", mq_unlink("/m2sim_ipc"));
  say("still open", mq_send(queue, "x", 2, 0));
}

int main(void) {
  shared_memory();
  semaphores();
  messages();
  posix_queues();
  lists();
  torn();
  return 0;
}
