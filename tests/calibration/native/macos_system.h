// What the harness and the suite's programs need of macOS's own headers, in their types and names: it stands
// for all of them in a check that there is nothing to compile or to link that macOS does not have.
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct file FILE;
extern FILE *__stdoutp, *__stderrp;
#define stdout __stdoutp
#define stderr __stderrp
#define PRINTS(format, first) __attribute__((__format__(__printf__, format, first)))
int printf(const char*, ...) PRINTS(1, 2);
int fprintf(FILE*, const char*, ...) PRINTS(2, 3);
int snprintf(char*, size_t, const char*, ...) PRINTS(3, 4);
int vsnprintf(char*, size_t, const char*, va_list) PRINTS(3, 0);
int puts(const char*);
int fputs(const char*, FILE*);
int fputc(int, FILE*);
FILE* fopen(const char*, const char*);
int fclose(FILE*);
int fflush(FILE*);
int ferror(FILE*);
int fileno(FILE*);
int rename(const char*, const char*);

void* malloc(size_t);
void* calloc(size_t, size_t);
void free(void*);
void exit(int) __attribute__((__noreturn__));
long strtol(const char*, char**, int);
double strtod(const char*, char**);
void qsort(void*, size_t, size_t, int (*)(const void*, const void*));

void* memchr(const void*, int, size_t);
void* memcpy(void*, const void*, size_t);
void* memset(void*, int, size_t);
char* strchr(const char*, int);
int strcmp(const char*, const char*);
int strncmp(const char*, const char*, size_t);
size_t strcspn(const char*, const char*);
char* strerror(int);
size_t strlen(const char*);
char* strstr(const char*, const char*);
int isalnum(int);
int tolower(int);

int* __error(void);
#define errno (*__error())
#define EINTR 4

#define PRIu64 "llu"
#define PRIx64 "llx"
#define PRIx32 "x"

double ceil(double);
double floor(double);
double fmax(double, double);
double log10(double);
double pow(double, double);
double sqrt(double);

typedef long time_t;
struct tm;
typedef enum { CLOCK_UPTIME_RAW = 8 } clockid_t;
uint64_t clock_gettime_nsec_np(clockid_t);
time_t time(time_t*);
struct tm* localtime(const time_t*);
size_t strftime(char*, size_t, const char*, const struct tm*);

typedef int pid_t;
typedef long ssize_t;
#define R_OK 4
#define W_OK 2
#define STDERR_FILENO 2
int access(const char*, int);
int close(int);
void _exit(int) __attribute__((__noreturn__));
pid_t fork(void);
int fsync(int);
unsigned geteuid(void);
pid_t getpid(void);
int isatty(int);
int pipe(int[2]);
ssize_t read(int, void*, size_t);
int unlink(const char*);
ssize_t write(int, const void*, size_t);
pid_t waitpid(pid_t, int*, int);
#define WIFSIGNALED(status) (((status)&0177) != 0177 && ((status)&0177) != 0)
#define WTERMSIG(status) ((status)&0177)
#define WEXITSTATUS(status) (((status) >> 8) & 0377)

typedef int sig_atomic_t;
#define SIGINT 2
#define SIGKILL 9
#define SIGTERM 15
#define SIG_DFL ((void (*)(int))0)
struct sigaction {
  void (*sa_handler)(int);
  unsigned sa_mask;
  int sa_flags;
};
int sigaction(int, const struct sigaction*, struct sigaction*);
void (*signal(int, void (*)(int)))(int);
int kill(pid_t, int);

typedef struct {
  int magic;
  size_t groups;
  const char* end;
  void* guts;
} regex_t;
typedef struct match regmatch_t;
#define REG_EXTENDED 1
#define REG_NOSUB 4
int regcomp(regex_t*, const char*, int);
int regexec(const regex_t*, const char*, size_t, regmatch_t*, int);
size_t regerror(int, const regex_t*, char*, size_t);
void regfree(regex_t*);

#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_PRIVATE 2
#define MAP_JIT 0x800
#define MAP_ANON 0x1000
#define MAP_FAILED ((void*)-1)
void* mmap(void*, size_t, int, int, int, long long);
void sys_icache_invalidate(void*, size_t);
void pthread_jit_write_protect_np(int);

#define RTLD_LAZY 1
void* dlopen(const char*, int);
void* dlsym(void*, const char*);
int sysctlbyname(const char*, void*, size_t*, void*, size_t);
typedef enum { QOS_CLASS_USER_INTERACTIVE = 0x21 } qos_class_t;
int pthread_set_qos_class_self_np(qos_class_t, int);
