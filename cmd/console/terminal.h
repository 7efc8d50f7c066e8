// What m2sim may assume of the terminal it writes to.
#pragma once

#include <string>
#include <string_view>

namespace m2sim::cmd {

enum class Color { kNone, kBold, kDim, kRed, kGreen, kYellow, kCyan };

bool is_terminal(int fd);
bool colors_wanted(int fd);       // a terminal, not TERM=dumb, and NO_COLOR is unset or empty
unsigned terminal_width(int fd);  // columns; 100 where there is none

// Names and messages may hold any bytes: what could steer a terminal, and what is no UTF-8, becomes \x1b and
// the like.
std::string printable(std::string_view text);

// `text` in a color, or as it is.
std::string paint(std::string_view text, Color color, bool enabled);

}  // namespace m2sim::cmd
