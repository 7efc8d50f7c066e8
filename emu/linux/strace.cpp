#include "emu/linux/strace.h"

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <span>

#include "emu/linux/open_flags.h"

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

std::string bytes_at(const Process& process, std::uint64_t address, std::uint64_t length) {
  std::string bytes(std::min(length, kShownBytes), '\0');
  if (!process.memory().read(address, bytes.data(), bytes.size())) return pointer(address);
  return quoted(bytes, length > kShownBytes);
}

std::string string_at(const Process& process, std::uint64_t address) {
  const auto text = process.memory().read_string(address, 4096);
  return text ? quoted(*text, false) : pointer(address);
}

struct Flag {
  std::uint64_t bit;
  const char* name;
};
constexpr std::array kOpenFlags = {Flag{O_CREAT, "O_CREAT"},           Flag{O_EXCL, "O_EXCL"},
                                   Flag{O_NOCTTY, "O_NOCTTY"},         Flag{O_TRUNC, "O_TRUNC"},
                                   Flag{O_APPEND, "O_APPEND"},         Flag{O_NONBLOCK, "O_NONBLOCK"},
                                   Flag{O_DIRECTORY, "O_DIRECTORY"},   Flag{O_NOFOLLOW, "O_NOFOLLOW"},
                                   Flag{O_CLOEXEC, "O_CLOEXEC"},       Flag{O_DIRECT, "O_DIRECT"},
                                   Flag{kHostLargeFile, "O_LARGEFILE"}};
constexpr std::array kProtections = {Flag{1, "PROT_READ"}, Flag{2, "PROT_WRITE"}, Flag{4, "PROT_EXEC"}};
constexpr std::array kMapFlags = {Flag{1, "MAP_SHARED"},
                                  Flag{2, "MAP_PRIVATE"},
                                  Flag{0x10, "MAP_FIXED"},
                                  Flag{0x20, "MAP_ANONYMOUS"},
                                  Flag{0x4000, "MAP_NORESERVE"},
                                  Flag{0x20000, "MAP_STACK"},
                                  Flag{0x100000, "MAP_FIXED_NOREPLACE"}};
constexpr std::array kAccessModes = {Flag{4, "R_OK"}, Flag{2, "W_OK"}, Flag{1, "X_OK"}};

// "A|B|0x40": the names of the bits, then what has no name; `none` when no bit is set.
std::string flags(std::uint64_t value, std::span<const Flag> names, std::string text, const char* none) {
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : "|") + part; };
  for (const Flag& flag : names) {
    if ((value & flag.bit) != flag.bit) continue;
    add(flag.name);
    value &= ~flag.bit;
  }
  if (value != 0) add(hex(value));
  return text.empty() ? none : text;
}

std::string open_flags(std::uint32_t guest) {
  constexpr std::array<const char*, 4> kAccess = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
  const auto host = static_cast<std::uint32_t>(host_open_flags(guest));
  return flags(host & ~std::uint32_t{O_ACCMODE}, kOpenFlags, kAccess[host & O_ACCMODE], "");
}

// The entry of a small table of names, else the number.
template <std::size_t kCount>
std::string choice(std::uint64_t value, const std::array<const char*, kCount>& names) {
  return value < kCount ? names[value] : hex(value);
}

constexpr std::array kWhence = {"SEEK_SET", "SEEK_CUR", "SEEK_END", "SEEK_DATA", "SEEK_HOLE"};
constexpr std::array kMaskHow = {"SIG_BLOCK", "SIG_UNBLOCK", "SIG_SETMASK"};
constexpr std::array kFileCommands = {"F_DUPFD", "F_GETFD", "F_SETFD", "F_GETFL",
                                      "F_SETFL", "F_GETLK", "F_SETLK", "F_SETLKW"};

std::string file_command(std::uint64_t value) {
  constexpr std::uint64_t kDuplicateOnExec = 1030;
  return value == kDuplicateOnExec ? "F_DUPFD_CLOEXEC" : choice(value, kFileCommands);
}

std::string terminal_request(std::uint64_t value) {
  constexpr std::array kRequests = {
      Flag{0x5401, "TCGETS"},     Flag{0x5402, "TCSETS"},    Flag{0x5403, "TCSETSW"},
      Flag{0x5404, "TCSETSF"},    Flag{0x540f, "TIOCGPGRP"}, Flag{0x5410, "TIOCSPGRP"},
      Flag{0x5413, "TIOCGWINSZ"}, Flag{0x541b, "FIONREAD"},  Flag{0x5421, "FIONBIO"}};
  for (const Flag& request : kRequests) {
    if (request.bit == value) return request.name;
  }
  return hex(value);
}

std::string signal_name(std::uint64_t value) {
  const char* name = value <= kSignalCount ? ::sigabbrev_np(static_cast<int>(value)) : nullptr;
  return name == nullptr ? std::to_string(value) : "SIG" + std::string(name);
}

std::string argument(const Process& process, char format, const Args& args, std::size_t i,
                     std::int64_t result) {
  switch (format) {
    case 'd':
      // Programs leave the upper half of an int as it comes.
      return args[i] >> 32U == 0 ? std::to_string(args.i32(i)) : std::to_string(args.i64(i));
    case 'u':
      return std::to_string(args[i]);
    case 'o':
    case 'm':
      return number("%#lo", args[i]);
    case 'p':
      return pointer(args[i]);
    case 's':
      return string_at(process, args[i]);
    case 'F':
      return args.i32(i) == AT_FDCWD ? "AT_FDCWD" : std::to_string(args.i32(i));
    case 'b':
      return bytes_at(process, args[i], args[i + 1]);
    case 'O':
      return open_flags(args.u32(i));
    case 'P':
      return flags(args[i], kProtections, "", "PROT_NONE");
    case 'M':
      return flags(args[i], kMapFlags, "", "0");
    case 'a':
      return flags(args[i], kAccessModes, "", "F_OK");
    case 'w':
      return choice(args[i], kWhence);
    case 'H':
      return choice(args[i], kMaskHow);
    case 'f':
      return file_command(args[i]);
    case 'i':
      return terminal_request(args[i]);
    case 'S':
      return signal_name(args[i]);
    case 'r':
      return result < 0 ? pointer(args[i]) : bytes_at(process, args[i], static_cast<std::uint64_t>(result));
    default:
      return hex(args[i]);
  }
}

}  // namespace

std::string strace_line(const Process& process, std::uint64_t nr, const Args& args, std::int64_t result) {
  const SystemCallRow& row = system_call_row(nr);
  std::string line = row.name == nullptr ? "syscall_" + hex(nr) : row.name;
  line += '(';
  std::string_view formats = row.arguments == nullptr ? "xxxxxx" : row.arguments;
  const bool gives_address = formats.substr(0, 1) == "*";
  if (gives_address) formats.remove_prefix(1);
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const bool creates = i > 0 && (args[i - 1] & O_CREAT) != 0;
    if (formats[i] == 'm' && !creates) continue;
    if (i != 0) line += ", ";
    line += argument(process, formats[i], args, i, result);
  }
  line += ") = ";
  if (process.end.kind != GuestEnd::Kind::kRunning) return line + "?";
  if (result < 0 && result >= -4095) {
    const int code = static_cast<int>(-result);
    return line + "-1 " + ::strerrorname_np(code) + " (" + ::strerrordesc_np(code) + ")";
  }
  return line + (gives_address ? hex(static_cast<std::uint64_t>(result)) : std::to_string(result));
}

}  // namespace m2sim::emu
