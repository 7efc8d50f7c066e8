#include "emu/strace.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace m2sim::emu {

namespace {

constexpr std::uint64_t kShownBytes = 32;  // strace's default for -s

std::string number(const char* format, std::uint64_t value) {
  char text[32];
  const int length = std::snprintf(text, sizeof(text), format, value);
  return {text, static_cast<std::size_t>(length)};
}
std::string hex(std::uint64_t value) { return value == 0 ? "0" : number("%#lx", value); }
std::string pointer(std::uint64_t value) { return value == 0 ? "NULL" : number("%#lx", value); }

std::string quoted(const std::string& bytes, bool cut) {
  std::string text = "\"";
  for (const char c : bytes) {
    constexpr char kEscaped[] = "\n\t\r\f\v\"\\";
    constexpr char kLetters[] = "ntrfv\"\\";
    const char* special = c == 0 ? nullptr : std::strchr(kEscaped, c);
    if (special != nullptr) {
      text += '\\';
      text += kLetters[special - kEscaped];
    } else if (c >= ' ' && c <= '~') {
      text += c;
    } else {
      text += number("\\%lo", static_cast<unsigned char>(c));
    }
  }
  return text + (cut ? "\"..." : "\"");
}

std::string bytes_at(const Kernel& kernel, std::uint64_t address, std::uint64_t length) {
  std::string bytes(std::min(length, kShownBytes), '\0');
  if (!kernel.memory.read(address, bytes.data(), bytes.size())) return pointer(address);
  return quoted(bytes, length > kShownBytes);
}

std::string string_at(const Kernel& kernel, std::uint64_t address) {
  const auto text = kernel.memory.read_string(address, 4096);
  return text ? quoted(*text, false) : pointer(address);
}

std::string argument(const Kernel& kernel, char format, const Args& args, std::size_t i,
                     std::int64_t result) {
  switch (format) {
    case 'd':
      return std::to_string(args.i64(i));
    case 'u':
      return std::to_string(args[i]);
    case 'o':
      return number("%#lo", args[i]);
    case 'p':
      return pointer(args[i]);
    case 's':
      return string_at(kernel, args[i]);
    case 'F':
      return args.i32(i) == AT_FDCWD ? "AT_FDCWD" : std::to_string(args.i32(i));
    case 'b':
      return bytes_at(kernel, args[i], args[i + 1]);
    case 'r':
      return result < 0 ? pointer(args[i]) : bytes_at(kernel, args[i], static_cast<std::uint64_t>(result));
    default:
      return hex(args[i]);
  }
}

}  // namespace

std::string strace_line(const Kernel& kernel, std::uint64_t nr, const Args& args, std::int64_t result) {
  const SystemCallRow& row = system_call_row(nr);
  std::string line = row.name == nullptr ? "syscall_" + hex(nr) : row.name;
  line += '(';
  std::string_view formats = row.arguments == nullptr ? "xxxxxx" : row.arguments;
  const bool gives_address = formats.substr(0, 1) == "*";
  if (gives_address) formats.remove_prefix(1);
  for (std::size_t i = 0; i < formats.size(); ++i) {
    if (i != 0) line += ", ";
    line += argument(kernel, formats[i], args, i, result);
  }
  line += ") = ";
  if (kernel.end.kind != GuestEnd::Kind::kRunning) return line + "?";
  if (result < 0 && result >= -4095) {
    const int code = static_cast<int>(-result);
    return line + "-1 " + ::strerrorname_np(code) + " (" + ::strerrordesc_np(code) + ")";
  }
  return line + (gives_address ? hex(static_cast<std::uint64_t>(result)) : std::to_string(result));
}

}  // namespace m2sim::emu
