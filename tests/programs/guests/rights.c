// Who a process is, and what follows for what it may do: a server's way from root to a user without rights, and
// back where a saved identity allows it. Its users and groups need not exist. As root.
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { kUser = 4242, kGroup = 4343, kOther = 4444 };

static void identity(const char* when) {
  uid_t user[3];
  gid_t group[3];
  getresuid(&user[0], &user[1], &user[2]);
  getresgid(&group[0], &group[1], &group[2]);
  printf("%s: %u %u %u for files %d, groups %u %u %u for files %d\n", when, user[0], user[1], user[2],
         setfsuid(-1), group[0], group[1], group[2], setfsgid(-1));
  fflush(stdout);
}

// Which of some capabilities are effective, permitted and inheritable: chown, kill, setuid, net_bind_service.
static void capabilities(const char* when) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  syscall(SYS_capget, &header, data);
  const unsigned mask = 1U << CAP_CHOWN | 1U << CAP_KILL | 1U << CAP_SETUID | 1U << CAP_NET_BIND_SERVICE;
  printf("%s: effective %#x permitted %#x inheritable %#x\n", when, data[0].effective & mask,
         data[0].permitted & mask, data[0].inheritable & mask);
  fflush(stdout);
}

static int in_child(void (*body)(void)) {
  int status = 0;
  fflush(stdout);
  if (fork() == 0) {
    body();
    fflush(stdout);
    _exit(0);
  }
  wait(&status);
  return status;
}

static void drop(void) {
  const gid_t groups[] = {7, kGroup};
  say("setgroups", setgroups(2, groups));
  say("setgid", setgid(kGroup));
  say("setuid", setuid(kUser));
}

static void whole_way(void) {
  identity("at first");
  capabilities("at first");
  drop();
  identity("dropped");
  capabilities("dropped");
  gid_t groups[8];
  say("getgroups", getgroups(8, groups));
  printf("%u %u\n", groups[0], groups[1]);
  say("room for one", getgroups(1, groups));
  say("back", setuid(0));
  say("back by the effective one", seteuid(0));
  say("to another", setuid(kOther));
  say("to what it is", setuid(kUser));
  say("groups", setgroups(0, groups));
  say("another group", setgid(0));
  say("none", setuid(-1));
}

static void for_a_while(void) {
  say("setresuid", setresuid(kUser, kOther, 0));
  identity("three");
  capabilities("three");
  say("seteuid", seteuid(kUser));
  identity("effective");
  say("setuid to the saved", setuid(0));
  identity("again");
  capabilities("again");
  say("setreuid", setreuid(kUser, -1));
  identity("real");
  say("setreuid both", setreuid(kOther, kOther));
  identity("both");
  say("setreuid to none of them", setreuid(0, kUser));
  say("setresgid", setresgid(kGroup, -1, -1));
}

static void file(const char* name, mode_t mode, uid_t user, gid_t group) {
  const int fd = open(name, O_CREAT | O_RDWR | O_EXCL, 0600);
  if (fd < 0 || write(fd, "text", 4) != 4 || fchown(fd, user, group) != 0 || fchmod(fd, mode) != 0) perror(name);
  close(fd);
}

static void tries(const char* name) {
  printf("%s\n", name);
  say(" read", open(name, O_RDONLY) < 0 ? -1 : 0);
  say(" write", open(name, O_WRONLY) < 0 ? -1 : 0);
  say(" access", access(name, R_OK | W_OK));
  say(" eaccess", faccessat(AT_FDCWD, name, R_OK, AT_EACCESS));
  say(" chmod", chmod(name, 0666));
  say(" chown", chown(name, kUser, -1));
  say(" unlink", unlink(name));
}

static void owned(void) {
  drop();
  const int fd = open("mine/made", O_CREAT | O_RDWR, 0666);
  struct stat status;
  fstat(fd, &status);
  printf("made by %u %u, %o\n", status.st_uid, status.st_gid, status.st_mode & 0777);
  tries("roots");
  tries("readable");
  tries("of_group");
  tries("mine/made");
  say("mkdir", mkdir("folder", 0777));
  say("mkdir in its own", mkdir("mine/folder", 0777));
  say("opendir", open("secret", O_RDONLY | O_DIRECTORY));
  say("through", open("secret/file", O_RDONLY));
  say("chdir", chdir("secret"));
  say("mknod", mknod("mine/device", S_IFCHR | 0666, 259));
}

static void files(void) {
  umask(022);
  mkdir("mine", 0755);
  say("chown", chown("mine", kUser, kGroup));
  mkdir("secret", 0700);
  file("secret/file", 0644, 0, 0);
  file("roots", 0600, 0, 0);
  file("readable", 0644, 0, 0);
  file("of_group", 0060, 0, kGroup);
  in_child(owned);
}

static void real_and_effective(void) {
  say("seteuid", seteuid(kUser));
  say("access as root", access("roots", R_OK));
  say("open as the user", open("roots", O_RDONLY));
  say("eaccess", faccessat(AT_FDCWD, "roots", R_OK, AT_EACCESS));
  say("seteuid back", seteuid(0));
  say("setreuid", setreuid(kUser, 0));
  say("access as the user", access("roots", R_OK));
  say("open as root", open("roots", O_RDONLY) < 0 ? -1 : 0);
  say("setfsuid", setfsuid(kUser));
  say("what it is", setfsuid(-1));
  say("open", open("roots", O_RDONLY));
  capabilities("for files");
  say("setfsuid back", setfsuid(0));
  say("open again", open("roots", O_RDONLY) < 0 ? -1 : 0);
}

static void keeping(void) {
  say("PR_GET_KEEPCAPS", prctl(PR_GET_KEEPCAPS));
  say("PR_SET_KEEPCAPS", prctl(PR_SET_KEEPCAPS, 1));
  say("PR_SET_KEEPCAPS 2", prctl(PR_SET_KEEPCAPS, 2));
  say("setuid", setuid(kUser));
  capabilities("kept");
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{1U << CAP_KILL, 1U << CAP_KILL | 1U << CAP_CHOWN, 1U << CAP_KILL}};
  say("capset", syscall(SYS_capset, &header, data));
  capabilities("raised");
  data[0].permitted |= 1U << CAP_SETUID;
  say("capset more", syscall(SYS_capset, &header, data));
  data[0].permitted = 1U << CAP_KILL;
  data[0].effective = 1U << CAP_CHOWN;
  say("capset effective", syscall(SYS_capset, &header, data));
  say("ambient", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
  say("ambient not inheritable", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
  say("is set", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
  say("kill", kill(getppid(), 0));
  say("bounding", prctl(PR_CAPBSET_READ, CAP_KILL));
  say("none such", prctl(PR_CAPBSET_READ, 64));
  say("drop", prctl(PR_CAPBSET_DROP, CAP_KILL));
}

static void without_one(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  syscall(SYS_capget, &header, data);
  data[0].effective &= ~(1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH | 1U << CAP_CHOWN);
  say("capset", syscall(SYS_capset, &header, data));
  say("open", open("of_user", O_RDONLY));
  say("chown", chown("of_user", 0, 0));
  say("drop", prctl(PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE));
  say("bounding", prctl(PR_CAPBSET_READ, CAP_NET_BIND_SERVICE));
}

static pid_t parent;

static void signals(void) {
  drop();
  const pid_t child = fork();
  if (child == 0) pause();
  say("to root's", kill(parent, 0));
  say("to a thread of it", syscall(SYS_tgkill, parent, parent, SIGTERM));
  say("to go on", kill(parent, SIGCONT));
  say("to its own", kill(child, SIGTERM));
  int status = 0;
  wait(&status);
  say("by", WTERMSIG(status));
  char byte;
  const struct iovec here = {&byte, 1}, there = {&byte, 1};
  say("its memory", process_vm_readv(parent, &here, 1, &there, 1, 0));
  say("its limits", prlimit(parent, RLIMIT_NOFILE, NULL, &(struct rlimit){0}));
  char name[40];
  snprintf(name, sizeof(name), "/proc/%d/environ", parent);
  say("its environment", open(name, O_RDONLY));
  snprintf(name, sizeof(name), "/proc/%d/stat", parent);
  say("its state", open(name, O_RDONLY) < 0 ? -1 : 0);
}

static int segment, set, queue;

static void ipc_of_others(void) {
  drop();
  struct msgbuf message = {1, ""};
  struct shmid_ds state;
  struct sembuf operation = {0, 1, 0}, zero = {0, 0, IPC_NOWAIT};
  say("attach", (long)shmat(segment, NULL, 0));
  say("attach to read", (long)shmat(segment, NULL, SHM_RDONLY) == -1 ? -1 : 0);
  say("its state", shmctl(segment, IPC_STAT, &state));
  say("remove", shmctl(segment, IPC_RMID, NULL));
  say("open by key", shmget(0x4242, 1, 0600));
  say("open by key to read", shmget(0x4242, 1, 0444) == segment);
  say("raise", semop(set, &operation, 1));
  say("wait for zero", semop(set, &zero, 1));
  say("set", semctl(set, 0, SETVAL, 1));
  say("get", semctl(set, 0, GETVAL));
  say("send", msgsnd(queue, &message, 0, IPC_NOWAIT));
  say("receive", msgrcv(queue, &message, 0, 0, IPC_NOWAIT));
  say("remove the queue", msgctl(queue, IPC_RMID, NULL));
  say("mq_open", mq_open("/of_root", O_RDWR));
  say("mq_open to read", mq_open("/of_root", O_RDONLY) < 0 ? -1 : 0);
  say("mq_unlink", mq_unlink("/of_root"));
  const int own = shmget(IPC_PRIVATE, 1, 0600);
  shmctl(own, IPC_STAT, &state);
  printf("its own: %u %u\n", state.shm_perm.uid, state.shm_perm.cgid);
  say("remove its own", shmctl(own, IPC_RMID, NULL));
}

static void ipc(void) {
  segment = shmget(0x4242, 1, IPC_CREAT | 0644);
  set = semget(IPC_PRIVATE, 1, 0644);
  queue = msgget(IPC_PRIVATE, 0622);
  umask(0);
  const mqd_t posix = mq_open("/of_root", O_CREAT | O_RDWR, 0644, NULL);
  in_child(ipc_of_others);
  say("the rest", shmctl(segment, IPC_RMID, NULL) + semctl(set, 0, IPC_RMID) + msgctl(queue, IPC_RMID, NULL) +
                      mq_close(posix) + mq_unlink("/of_root"));
}

// Another program: the saved identities are the effective ones then.
static void becomes(void) {
  setresgid(-1, kGroup, -1);
  setresuid(-1, kUser, -1);
  execl("/proc/self/exe", "rights", "again", NULL);
}

static void as_root_again(void) {
  setresuid(kUser, kUser, 0);
  setresuid(-1, 0, -1);
  execl("/proc/self/exe", "rights", "again", NULL);
}

// A copy of this program in a folder that its later user may not enter: it is still its own program.
static void put_away(void) {
  char bytes[4096];
  mkdir("closed", 0700);
  const int from = open("/proc/self/exe", O_RDONLY);
  const int to = open("closed/self", O_CREAT | O_WRONLY, 0755);
  for (ssize_t got; (got = read(from, bytes, sizeof(bytes))) > 0;) {
    if (write(to, bytes, (size_t)got) != got) perror("write");
  }
  close(to);
  execl("closed/self", "rights", "closed", NULL);
}

static int from_closed_folder(void) {
  drop();
  char name[4096] = "";
  const ssize_t length = readlink("/proc/self/exe", name, sizeof(name) - 1);
  const char* const end = "/closed/self";
  say("its name", length > 0 && strcmp(name + length - strlen(end), end) == 0);
  say("by its name", access(name, X_OK));
  execl("/proc/self/exe", "rights", "again", NULL);
  return 1;
}

// What was its name is no more.
static int removed(void) {
  char name[4096] = "";
  say("unlink", unlink("closed/self"));
  const ssize_t length = readlink("/proc/self/exe", name, sizeof(name) - 1);
  const char* const end = "/closed/self (deleted)";
  say("its name", length > 0 && strcmp(name + length - strlen(end), end) == 0);
  fflush(stdout);
  execl("/proc/self/exe", "rights", "again", NULL);
  return 1;
}

static void put_away_and_remove(void) { execl("closed/self", "rights", "removed", NULL); }

static void status_lines(void) {
  drop();
  char line[200];
  FILE* file = fopen("/proc/self/status", "r");
  while (fgets(line, sizeof(line), file) != NULL) {
    if (strncmp(line, "Uid", 3) == 0 || strncmp(line, "Gid", 3) == 0 || strncmp(line, "Groups", 6) == 0 ||
        strncmp(line, "CapEff", 6) == 0) {
      fputs(line, stdout);
    }
  }
  fclose(file);
  struct stat status;
  stat("/proc/self/stat", &status);
  printf("owner %u %u\n", status.st_uid, status.st_gid);
}

int main(int argc, char** argv) {
  if (argc > 1 && strcmp(argv[1], "closed") == 0) return from_closed_folder();
  if (argc > 1 && strcmp(argv[1], "removed") == 0) return removed();
  if (argc > 1) {
    identity(argv[1]);
    capabilities(argv[1]);
    return 0;
  }
  if (geteuid() != 0) {
    fprintf(stderr, "rights: only root may become somebody else\n");
    return 1;
  }
  char folder[] = "m2sim_rights_XXXXXX";
  setgroups(0, NULL);
  parent = getpid();
  if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0 || chdir(folder) != 0) return 1;
  file("of_user", 0600, kUser, kGroup);
  in_child(whole_way);
  in_child(for_a_while);
  files();
  in_child(real_and_effective);
  in_child(keeping);
  in_child(without_one);
  in_child(signals);
  ipc();
  in_child(becomes);
  in_child(as_root_again);
  in_child(put_away);
  in_child(put_away_and_remove);
  in_child(status_lines);
  const char* const left[] = {"roots", "readable", "of_group", "of_user", "secret/file"};
  for (int i = 0; i < 5; ++i) say("unlink", unlink(left[i]));
  say("rmdir", rmdir("mine/folder") + rmdir("mine") + rmdir("secret") + rmdir("closed"));
  say("rmdir", chdir("..") + rmdir(folder));
  return 0;
}
