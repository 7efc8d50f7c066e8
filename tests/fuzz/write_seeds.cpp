// Writes the seeds of the corpus: one word of every row of the encoding table for the decoder, small ELF
// files of every kind for the loader. Run it again when rows are added: write_fuzz_seeds tests/fuzz/corpus
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "insts/decode.h"
#include "insts/encoding.h"
#include "tests/emu/elf/elf_builder.h"

namespace m2sim::fuzz {
namespace {

using emu::testing::ElfFile;
using emu::testing::kCodeAddress;
using emu::testing::kDataAddress;

constexpr std::size_t kRowsPerFile = 64;

void write(const std::filesystem::path& path, const void* data, std::size_t size) {
  std::ofstream(path, std::ios::binary)
      .write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
}

// A word of the row with its other bits at random; where a value is reserved, with few of them set.
std::uint32_t word_of(const insts::Encoding& row, std::mt19937& random) {
  for (int attempt = 0; attempt < 64; ++attempt) {
    const auto bits = static_cast<std::uint32_t>(random());
    const std::uint32_t word = row.match | (bits & ~row.mask);
    if (&insts::encoding_of(insts::decode(word).op) == &row) return word;
  }
  return row.match;
}

void write_words(const std::filesystem::path& folder) {
  std::mt19937 random(1);
  std::vector<std::uint32_t> words;
  unsigned files = 0;
  const auto flush = [&] {
    char name[16];
    std::snprintf(name, sizeof(name), "rows_%02u", files++);
    write(folder / name, words.data(), words.size() * sizeof(words[0]));
    words.clear();
  };
  for (const insts::Encoding& row : insts::encodings()) {
    words.push_back(word_of(row, random));
    if (words.size() == kRowsPerFile) flush();
  }
  if (!words.empty()) flush();
}

ElfFile program(const std::vector<std::uint32_t>& code) {
  ElfFile file = emu::testing::tiny_program();
  const std::uint64_t code_bytes = code.size() * sizeof(code[0]);
  file.rest.assign(code_bytes + emu::testing::kDataBytes, std::byte{0x5a});
  std::memcpy(file.rest.data(), code.data(), code_bytes);
  file.phdrs[0].file_size = file.phdrs[0].memory_size = file.rest_offset() + code_bytes;
  file.phdrs[1].offset = file.phdrs[0].file_size;
  return file;
}

// Needs a library, and says where it may lie.
ElfFile with_libraries() {
  static constexpr char kStrings[] = "\0libc.so.6\0$ORIGIN/../lib";
  constexpr std::uint64_t kEntryBytes = 10 * 8;
  ElfFile file = program({0xd2800140, 0xd65f03c0});
  file.header.type = emu::kElfTypeShared;
  file.header.entry += sizeof(emu::ElfPhdr) - kCodeAddress;
  file.phdrs.push_back({});
  file.phdrs[0].address = 0;
  file.phdrs[0].file_size = file.phdrs[0].memory_size += sizeof(emu::ElfPhdr);
  const std::uint64_t at = file.phdrs[0].file_size;
  const std::uint64_t address = kDataAddress - kCodeAddress;
  const std::uint64_t entries[] = {1, 1, 29, 11, 5, address + kEntryBytes, 10, sizeof(kStrings), 0, 0};
  static_assert(sizeof(entries) == kEntryBytes);
  const std::uint64_t size = kEntryBytes + sizeof(kStrings);
  file.rest.resize(at - file.rest_offset() + size);
  std::memcpy(file.rest.data() + (at - file.rest_offset()), entries, kEntryBytes);
  std::memcpy(file.rest.data() + (at - file.rest_offset()) + kEntryBytes, kStrings, sizeof(kStrings));
  file.phdrs[1] = {emu::kPhdrLoad, 6, at, address, address, size, size, 4};
  file.phdrs[2] = {emu::kPhdrDynamic, 6, at, address, address, kEntryBytes, kEntryBytes, 4};
  return file;
}

void write_programs(const std::filesystem::path& folder) {
  const auto put = [&folder](const char* name, const ElfFile& file) {
    const std::vector<std::byte> bytes = file.bytes();
    write(folder / name, bytes.data(), bytes.size());
  };
  // mov, a loop with loads and stores on the stack, a call, a jump to nowhere.
  const std::vector<std::uint32_t> code = {0xd2800140, 0xa9bf7bfd, 0xf94003e1, 0xf1000400, 0x54ffffc1,
                                           0x94000002, 0xd61f0000, 0x4ea0d400, 0xd65f03c0};
  put("static", program(code));
  ElfFile pie = program(code);
  pie.header.type = emu::kElfTypeShared;
  pie.header.entry -= kCodeAddress;
  pie.phdrs[0].address = 0;
  pie.phdrs[1].address -= kCodeAddress;
  put("pie", pie);
  ElfFile symbols = program(code);
  symbols.add_symbol("main", symbols.header.entry, 20);
  symbols.add_symbol("$d", symbols.header.entry + 8, 0, 0);
  symbols.add_symbol("table", kDataAddress, 8, 1);
  put("symbols", symbols);
  ElfFile dynamic = program(code);
  const std::string loader = "/lib/ld-linux-aarch64.so.1";
  const std::uint64_t end = dynamic.rest_offset() + sizeof(emu::ElfPhdr) + dynamic.rest.size();
  for (const char c : loader) dynamic.rest.push_back(static_cast<std::byte>(c));
  dynamic.rest.push_back(std::byte{0});
  dynamic.phdrs.push_back({emu::kPhdrInterpreter, 4, end, 0, 0, loader.size() + 1, loader.size() + 1, 1});
  put("interpreter", dynamic);
  put("dynamic", with_libraries());
  const std::string script = "#! /bin/sh -e \nexit 0\n";
  write(folder / "script", script.data(), script.size());
  ElfFile writable = program(code);
  writable.phdrs[0].flags = 7;
  writable.phdrs.push_back({emu::kPhdrGnuStack, 7, 0, 0, 0, 0, 0, 16});
  writable.phdrs.push_back({emu::kPhdrTable, 4, 64, kCodeAddress + 64, 0, 224, 224, 8});
  writable.header.entry += 2 * sizeof(emu::ElfPhdr);
  writable.phdrs[0].file_size = writable.phdrs[0].memory_size += 2 * sizeof(emu::ElfPhdr);
  writable.phdrs[1].offset = writable.phdrs[0].file_size;
  put("executable_stack", writable);
}

}  // namespace
}  // namespace m2sim::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
    return 2;
  }
  const std::filesystem::path corpus = argv[1];
  std::filesystem::create_directories(corpus / "decoder");
  std::filesystem::create_directories(corpus / "loader");
  m2sim::fuzz::write_words(corpus / "decoder");
  m2sim::fuzz::write_programs(corpus / "loader");
  return 0;
}
