#include "cmd/page/page.h"

#include <cassert>
#include <cstddef>

namespace m2sim::cmd {

std::string filled_page(std::string_view page, std::string_view json) {
  constexpr std::string_view kPlace = "@DATA@";
  const std::size_t place = page.find(kPlace);
  assert(place != std::string_view::npos);
  std::string text(page.substr(0, place));
  // Inside a script element nothing may look like its end.
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text.append(page.substr(place + kPlace.size()));
}

}  // namespace m2sim::cmd
