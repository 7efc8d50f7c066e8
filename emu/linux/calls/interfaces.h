// Questions about network interfaces, which go through any socket.
#pragma once

#include <cstdint>
#include <optional>

#include "emu/linux/process.h"

namespace m2sim::emu::sys {

// What ioctl returns; nothing where it is another request.
std::optional<std::int64_t> interface_query(Process& process, int host_fd, std::uint32_t request,
                                            std::uint64_t at);

}  // namespace m2sim::emu::sys
