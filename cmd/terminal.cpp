#include "cmd/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace m2sim::cmd {
namespace {

constexpr unsigned kDefaultWidth = 100;

std::string_view escape_of(Color color) {
  switch (color) {
    case Color::kNone:
      return "";
    case Color::kBold:
      return "1";
    case Color::kDim:
      return "2";
    case Color::kRed:
      return "31";
    case Color::kGreen:
      return "32";
    case Color::kYellow:
      return "33";
    case Color::kCyan:
      return "36";
  }
  return "";
}

}  // namespace

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

bool colors_wanted(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::string_view(term) == "dumb") return false;
  return is_terminal(fd);
}

unsigned terminal_width(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kDefaultWidth;
  return size.ws_col;
}

std::string paint(std::string_view text, Color color, bool enabled) {
  if (!enabled || color == Color::kNone) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", escape_of(color), text);
}

}  // namespace m2sim::cmd
