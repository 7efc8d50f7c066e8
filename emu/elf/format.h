// The ELF64 structures as they lie in a file (System V gABI; AAELF64 for the machine number).
// <elf.h> has them too, but only on hosts with glibc or musl, and without our names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace m2sim::emu {

struct ElfHeader {
  std::uint8_t magic[4];
  std::uint8_t file_class;  // 1: 32 bit, 2: 64 bit
  std::uint8_t data;        // 1: little-endian, 2: big-endian
  std::uint8_t ident_version;
  std::uint8_t os_abi;
  std::uint8_t padding[8];
  std::uint16_t type;
  std::uint16_t machine;
  std::uint32_t version;
  std::uint64_t entry;
  std::uint64_t phdr_offset;
  std::uint64_t section_offset;
  std::uint32_t flags;
  std::uint16_t header_size;
  std::uint16_t phdr_size;
  std::uint16_t phdr_count;
  std::uint16_t section_size;
  std::uint16_t section_count;
  std::uint16_t section_names;
};
static_assert(sizeof(ElfHeader) == 64);

struct ElfPhdr {
  std::uint32_t type;
  std::uint32_t flags;
  std::uint64_t offset;
  std::uint64_t address;
  std::uint64_t physical;
  std::uint64_t file_size;
  std::uint64_t memory_size;
  std::uint64_t align;
};
static_assert(sizeof(ElfPhdr) == 56);

struct ElfSection {
  std::uint32_t name;
  std::uint32_t type;
  std::uint64_t flags;
  std::uint64_t address;
  std::uint64_t offset;
  std::uint64_t size;
  std::uint32_t link;
  std::uint32_t info;
  std::uint64_t align;
  std::uint64_t entry_size;
};
static_assert(sizeof(ElfSection) == 64);

struct ElfSymbol {
  std::uint32_t name;
  std::uint8_t info;
  std::uint8_t other;
  std::uint16_t section;
  std::uint64_t value;
  std::uint64_t size;
};
static_assert(sizeof(ElfSymbol) == 24);

// Constants of the specification that m2sim looks at.
inline constexpr std::uint16_t kElfTypeRelocatable = 1;
inline constexpr std::uint16_t kElfTypeExecutable = 2;
inline constexpr std::uint16_t kElfTypeShared = 3;
inline constexpr std::uint16_t kElfTypeCore = 4;
inline constexpr std::uint16_t kElfMachineAarch64 = 183;
inline constexpr std::uint32_t kPhdrLoad = 1;
inline constexpr std::uint32_t kPhdrDynamic = 2;
inline constexpr std::uint32_t kPhdrInterpreter = 3;
inline constexpr std::uint32_t kPhdrTable = 6;
inline constexpr std::uint32_t kPhdrGnuStack = 0x6474e551;
inline constexpr std::uint32_t kSectionProgram = 1;  // SHT_PROGBITS
inline constexpr std::uint32_t kSectionSymbols = 2;
inline constexpr std::uint32_t kSectionDynamicSymbols = 11;
inline constexpr std::uint64_t kSectionAllocated = 2;   // SHF_ALLOC
inline constexpr std::uint64_t kSectionExecutable = 4;  // SHF_EXECINSTR

// The T at `offset`, or nothing when the file is too short for it.
template <class T>
std::optional<T> read_at(std::span<const std::byte> bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

}  // namespace m2sim::emu
