#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "machine.h"

enum { APPLE = 0x61, FULL_CAPACITY = 1024 };

// Apple's cores by the part number of MIDR_EL1 (arch/arm64/include/asm/cputype.h of Linux).
struct part {
  unsigned number;
  const char* chip;
  const char* type;
};
static const struct part kParts[] = {{0x022, "M1", "E"},     {0x023, "M1", "P"},     {0x024, "M1 Pro", "E"},
                                     {0x025, "M1 Pro", "P"}, {0x028, "M1 Max", "E"}, {0x029, "M1 Max", "P"},
                                     {0x032, "M2", "E"},     {0x033, "M2", "P"},     {0x034, "M2 Pro", "E"},
                                     {0x035, "M2 Pro", "P"}, {0x038, "M2 Max", "E"}, {0x039, "M2 Max", "P"}};
enum { PARTS = sizeof kParts / sizeof kParts[0] };

// The first line or string of a file; empty: there is none.
static void read_file(const char* path, char text[TEXT_BYTES]) {
  FILE* file = fopen(path, "r");
  size_t bytes = 0;
  if (file != NULL) {
    bytes = fread(text, 1, TEXT_BYTES - 1, file);
    fclose(file);
  }
  text[bytes] = '\0';
  text[strcspn(text, "\n")] = '\0';
}

static void read_cpu_file(int cpu, const char* name, char text[TEXT_BYTES]) {
  char path[128];
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/%s", cpu, name);
  read_file(path, text);
}

// The number that says what a core is; 0: not known.
static unsigned long midr_of(int cpu) {
  char text[TEXT_BYTES];
  read_cpu_file(cpu, "regs/identification/midr_el1", text);
  return strtoul(text, NULL, 16);
}

static int part_index(unsigned long midr) {
  for (int i = 0; i < PARTS; i++)
    if (midr >> 24 == APPLE && ((midr >> 4) & 0xfff) == kParts[i].number) return i;
  return -1;
}

static int capacity_of(int cpu) {
  char text[TEXT_BYTES];
  read_cpu_file(cpu, "cpu_capacity", text);
  return atoi(text);
}

void describe_machine(struct machine* machine) {
  char text[TEXT_BYTES];
  memset(machine, 0, sizeof *machine);
  const unsigned long midr = midr_of(0);
  const int part = part_index(midr);
  if (part >= 0) {
    snprintf(machine->chip, TEXT_BYTES, "%s", kParts[part].chip);
  } else if (midr != 0) {
    snprintf(machine->chip, TEXT_BYTES, "unknown (MIDR %#lx)", midr);
  } else {
    snprintf(machine->chip, TEXT_BYTES, "unknown");
  }
  read_file("/proc/device-tree/model", text);
  snprintf(machine->model, TEXT_BYTES, "%s", text[0] != '\0' ? text : "unknown");
  struct utsname name;
  uname(&name);
  snprintf(machine->system, TEXT_BYTES, "%.40s %.100s", name.sysname, name.release);
  // On the machine itself the device tree is Apple's, and a hypervisor's is its own.
  read_file("/proc/device-tree/compatible", text);
  machine->is_virtual = strncmp(text, "apple,", 6) != 0;
}

// The first of the cores that are called P, or that nothing is faster than and something is slower.
static int fast_cpu(int cpus) {
  bool slower = false;
  int fastest = -1;
  for (int cpu = 0; cpu < cpus; cpu++) {
    const int part = part_index(midr_of(cpu));
    if (part >= 0 && kParts[part].type[0] == 'P') return cpu;
    const int capacity = capacity_of(cpu);
    if (capacity == FULL_CAPACITY && fastest < 0) fastest = cpu;
    if (capacity > 0 && capacity < FULL_CAPACITY) slower = true;
  }
  return slower ? fastest : -1;
}

static bool bind_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET((unsigned)cpu, &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

bool choose_core(const struct machine* machine, int cpu, struct core_choice* choice) {
  const int cpus = (int)sysconf(_SC_NPROCESSORS_CONF);
  const bool asked = cpu >= 0;
  choice->bound = true;
  choice->type = "unknown";
  if (!asked) cpu = fast_cpu(cpus);
  if (cpu < 0) {
    snprintf(choice->how, TEXT_BYTES, "any core: the system does not say which is fast");
    return true;
  }
  if (cpu >= cpus || cpu >= CPU_SETSIZE || !bind_to(cpu)) {
    snprintf(choice->how, TEXT_BYTES, "cpu %d: this program cannot be bound to it", cpu);
    return !asked;
  }
  const unsigned long midr = midr_of(cpu);
  const int part = part_index(midr), capacity = capacity_of(cpu);
  if (part >= 0) choice->type = machine->is_virtual ? "assumed-P" : kParts[part].type;
  if (part >= 0 && kParts[part].type[0] == 'E') choice->type = "E";
  if (part < 0 && !asked && midr >> 24 == APPLE) choice->type = machine->is_virtual ? "assumed-P" : "P";
  int used = snprintf(choice->how, TEXT_BYTES, "affinity to cpu%d", cpu);
  if (midr != 0) used += snprintf(choice->how + used, TEXT_BYTES - (size_t)used, ", MIDR %#lx", midr);
  if (capacity > 0) snprintf(choice->how + used, TEXT_BYTES - (size_t)used, ", cpu_capacity %d", capacity);
  return true;
}

void keep_core(void) {}  // affinity is handed on
