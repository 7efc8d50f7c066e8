#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysctl.h>

#include "machine.h"

static void read_text(const char* name, char text[TEXT_BYTES]) {
  size_t bytes = TEXT_BYTES - 1;
  if (sysctlbyname(name, text, &bytes, NULL, 0) != 0) bytes = 0;
  text[bytes] = '\0';
}

static int read_number(const char* name) {
  int value = 0;
  size_t bytes = sizeof value;
  return sysctlbyname(name, &value, &bytes, NULL, 0) == 0 ? value : 0;
}

void describe_machine(struct machine* machine) {
  char text[TEXT_BYTES];
  memset(machine, 0, sizeof *machine);
  read_text("machdep.cpu.brand_string", text);
  const char* name = strncmp(text, "Apple ", 6) == 0 ? text + 6 : text;
  snprintf(machine->chip, TEXT_BYTES, "%s", name[0] != '\0' ? name : "unknown");
  read_text("hw.model", machine->model);
  read_text("kern.osproductversion", text);
  snprintf(machine->system, TEXT_BYTES, "macOS %.100s", text);
  machine->is_virtual = read_number("kern.hv_vmm_present") != 0;
}

bool choose_core(const struct machine* machine, int cpu, struct core_choice* choice) {
  if (cpu >= 0) {
    snprintf(choice->how, TEXT_BYTES, "--cpu: macOS binds no thread to a core");
    return false;
  }
  keep_core();
  choice->bound = false;
  choice->type = machine->is_virtual ? "assumed-P" : "P";
  snprintf(choice->how, TEXT_BYTES, "QoS class user-interactive");
  return true;
}

void keep_core(void) { pthread_set_qos_class_self_np(QOS_CLASS_USER_INTERACTIVE, 0); }
