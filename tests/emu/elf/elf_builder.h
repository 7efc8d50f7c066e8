// Builds small ELF files in memory for the loader's tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "emu/elf/format.h"

namespace m2sim::emu::testing {

struct ElfFile {
  ElfHeader header{};
  std::vector<ElfPhdr> phdrs;
  std::vector<std::byte> rest;  // behind the program headers
  std::vector<ElfSymbol> symbols;
  std::string names = std::string(1, '\0');

  std::uint64_t rest_offset() const { return sizeof(ElfHeader) + phdrs.size() * sizeof(ElfPhdr); }

  void add_symbol(const std::string& name, std::uint64_t value, std::uint64_t size, std::uint8_t type = 2) {
    ElfSymbol symbol{};
    symbol.name = static_cast<std::uint32_t>(names.size());
    symbol.info = type;
    symbol.section = 1;
    symbol.value = value;
    symbol.size = size;
    symbols.push_back(symbol);
    names += name + '\0';
  }

  std::vector<std::byte> bytes() const {
    std::vector<std::byte> out;
    const auto append = [&out](const void* data, std::size_t size) {
      const std::size_t at = out.size();
      out.resize(at + size);
      if (size > 0) std::memcpy(&out[at], data, size);
    };
    ElfHeader head = header;
    head.phdr_offset = sizeof(ElfHeader);
    head.phdr_count = static_cast<std::uint16_t>(phdrs.size());
    append(&head, sizeof(head));
    append(phdrs.data(), phdrs.size() * sizeof(ElfPhdr));
    append(rest.data(), rest.size());
    if (symbols.empty()) return out;
    ElfSection sections[3] = {};
    sections[1].type = kSectionSymbols;
    sections[1].offset = out.size();
    sections[1].size = symbols.size() * sizeof(ElfSymbol);
    sections[1].link = 2;
    append(symbols.data(), sections[1].size);
    sections[2].type = 3;
    sections[2].offset = out.size();
    sections[2].size = names.size();
    append(names.data(), names.size());
    head.section_offset = out.size();
    head.section_count = 3;
    append(sections, sizeof(sections));
    std::memcpy(out.data(), &head, sizeof(head));
    return out;
  }
};

inline constexpr std::uint64_t kCodeAddress = 0x400000;
inline constexpr std::uint64_t kDataAddress = 0x414000;
inline constexpr std::uint64_t kDataBytes = 8;
inline constexpr std::uint64_t kDataMemory = 0x5000;

// Code: the headers and one word behind them; data: 8 bytes and a bss.
inline ElfFile tiny_program() {
  ElfFile file;
  std::memcpy(file.header.magic,
              "\x7f"
              "ELF",
              4);
  file.header.file_class = 2;
  file.header.data = 1;
  file.header.ident_version = 1;
  file.header.type = kElfTypeExecutable;
  file.header.machine = kElfMachineAarch64;
  file.header.version = 1;
  file.header.header_size = sizeof(ElfHeader);
  file.header.phdr_size = sizeof(ElfPhdr);
  file.header.section_size = sizeof(ElfSection);
  file.phdrs.resize(2);
  file.rest.assign(4 + kDataBytes, std::byte{0x5a});
  const std::uint64_t code_end = file.rest_offset() + 4;
  file.header.entry = kCodeAddress + file.rest_offset();
  file.phdrs[0] = {kPhdrLoad, 5, 0, kCodeAddress, kCodeAddress, code_end, code_end, 4};
  file.phdrs[1] = {kPhdrLoad, 6, code_end, kDataAddress, kDataAddress, kDataBytes, kDataMemory, 4};
  return file;
}

}  // namespace m2sim::emu::testing
