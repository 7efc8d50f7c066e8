// What a user calls a place in guest memory.
#pragma once

#include <cstdint>
#include <string>

#include "emu/linux/address_space.h"

namespace m2sim::emu {

// In the program "main+0x1c"; in a file that is mapped, such as a library, "libc.so.6: memcpy+0x12", or
// without symbols "libc.so.6+0x9cd80" with the address it is linked at; elsewhere the address, "0x4005c8".
// Reads the files again, so it is for reports.
std::string describe_address(const AddressSpace& space, std::uint64_t address);

}  // namespace m2sim::emu
