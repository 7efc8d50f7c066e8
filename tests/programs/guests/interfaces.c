// What a program asks about network interfaces, of the one that every machine has.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static int any;
static struct ifreq request;

static int ask(const char* name, unsigned long what) {
  memset(&request, 0, sizeof(request));
  strcpy(request.ifr_name, "lo");
  const int result = ioctl(any, what, &request);
  say(name, result);
  return result;
}

static void addresses(void) {
  struct ifaddrs* all;
  int found = 0;
  say("getifaddrs", getifaddrs(&all));
  for (struct ifaddrs* each = all; each != NULL; each = each->ifa_next) {
    if (strcmp(each->ifa_name, "lo") != 0 || each->ifa_addr == NULL || each->ifa_addr->sa_family != AF_INET) continue;
    found = ((struct sockaddr_in*)each->ifa_addr)->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
  }
  say("lo has 127.0.0.1", found);
}

static void list(void) {
  static struct ifreq entries[64];
  struct ifconf configuration = {.ifc_len = sizeof(entries), .ifc_req = entries};
  int found = 0;
  say("SIOCGIFCONF", ioctl(any, SIOCGIFCONF, &configuration));
  const int count = configuration.ifc_len / (int)sizeof(entries[0]);
  for (int i = 0; i < count; ++i) found |= strcmp(entries[i].ifr_name, "lo") == 0;
  say("has lo", found);
  configuration.ifc_req = NULL;
  say("its size", ioctl(any, SIOCGIFCONF, &configuration));
  say("is that of the list", configuration.ifc_len == count * (int)sizeof(entries[0]));
  configuration.ifc_len = -1;
  say("less than nothing", ioctl(any, SIOCGIFCONF, &configuration));
  say("nowhere", ioctl(any, SIOCGIFCONF, NULL));
}

int main(void) {
  any = socket(AF_INET, SOCK_DGRAM, 0);
  char name[IF_NAMESIZE];
  addresses();
  list();
  if (ask("SIOCGIFFLAGS", SIOCGIFFLAGS) == 0) say("loopback", (request.ifr_flags & IFF_LOOPBACK) != 0);
  if (ask("SIOCGIFADDR", SIOCGIFADDR) == 0)
    printf("%s\n", inet_ntoa(((struct sockaddr_in*)&request.ifr_addr)->sin_addr));
  if (ask("SIOCGIFNETMASK", SIOCGIFNETMASK) == 0)
    printf("%s\n", inet_ntoa(((struct sockaddr_in*)&request.ifr_addr)->sin_addr));
  if (ask("SIOCGIFMTU", SIOCGIFMTU) == 0) say("mtu", request.ifr_mtu);
  if (ask("SIOCGIFHWADDR", SIOCGIFHWADDR) == 0) say("hardware", request.ifr_hwaddr.sa_family);
  say("SIOCGIFINDEX", ask("index", SIOCGIFINDEX) == 0 && request.ifr_ifindex == (int)if_nametoindex("lo"));
  say("if_indextoname", if_indextoname(if_nametoindex("lo"), name) != NULL && strcmp(name, "lo") == 0);
  strcpy(request.ifr_name, "none such");
  say("no such one", ioctl(any, SIOCGIFFLAGS, &request));
  say("nowhere", ioctl(any, SIOCGIFMTU, NULL));
  say("no socket", ioctl(0, SIOCGIFMTU, &request));
  return 0;
}
