#include "emu/linux/calls/interfaces.h"

#include <net/if.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <vector>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

// Those that ask, in a struct ifreq, which is the same on every architecture of 64 bits. The host's
// interfaces are the guest's, and it changes none.
constexpr std::array kQueries = {SIOCGIFNAME,    SIOCGIFFLAGS,  SIOCGIFADDR, SIOCGIFDSTADDR, SIOCGIFBRDADDR,
                                 SIOCGIFNETMASK, SIOCGIFMETRIC, SIOCGIFMTU,  SIOCGIFHWADDR,  SIOCGIFINDEX,
                                 SIOCGIFTXQLEN,  SIOCGIFPFLAGS, SIOCGIFMAP};
static_assert(sizeof(ifreq) == 40);

// struct ifconf.
struct GuestList {
  std::int32_t bytes;
  std::int32_t padding;
  std::uint64_t at;
};

// Null: how large it is.
std::int64_t list_interfaces(Process& process, int host_fd, std::uint64_t at) {
  constexpr std::int32_t kMost = 1 << 20;
  GuestList list{};
  if (!process.memory().read_value(at, list)) return -EFAULT;
  std::vector<char> entries(static_cast<std::size_t>(std::clamp(list.bytes, 0, kMost)));
  ifconf host{};
  host.ifc_len = static_cast<int>(entries.size());
  host.ifc_buf = list.at == 0 ? nullptr : entries.data();
  if (::ioctl(host_fd, SIOCGIFCONF, &host) < 0) return -std::int64_t{errno};
  list.bytes = host.ifc_len;
  const auto size = static_cast<std::uint64_t>(list.at == 0 ? 0 : host.ifc_len);
  if (!process.memory().write(list.at, entries.data(), size)) return -EFAULT;
  return process.memory().write_value(at, list) ? 0 : -EFAULT;
}

}  // namespace

std::optional<std::int64_t> interface_query(Process& process, int host_fd, std::uint32_t request,
                                            std::uint64_t at) {
  if (request == SIOCGIFCONF) return list_interfaces(process, host_fd, at);
  if (std::find(kQueries.begin(), kQueries.end(), static_cast<int>(request)) == kQueries.end())
    return std::nullopt;
  ifreq query{};
  if (!process.memory().read_value(at, query)) return -EFAULT;
  if (::ioctl(host_fd, request, &query) < 0) return -std::int64_t{errno};
  return process.memory().write_value(at, query) ? 0 : -EFAULT;
}

}  // namespace m2sim::emu::sys
