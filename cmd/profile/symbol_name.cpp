#include <algorithm>

#include "cmd/profile/symbols.h"

namespace m2sim::cmd {
namespace {

void erase_all(std::string& text, std::string_view part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
}

// "::{lambda(int (*)(int))#3}{}": what stands between the braces may hold parentheses, but no braces.
void erase_lambdas(std::string& text) {
  constexpr std::string_view kHead = "{lambda(";
  for (std::size_t at = text.rfind(kHead); at != std::string::npos; at = text.rfind(kHead)) {
    std::size_t end = text.find('}', at);
    if (end == std::string::npos) return;
    ++end;
    if (text.compare(end, 2, "{}") == 0) end += 2;
    const std::size_t begin = at >= 2 && text.compare(at - 2, 2, "::") == 0 ? at - 2 : at;
    text.erase(begin, end - begin);
  }
}

constexpr std::string_view kOperator = "operator";

// Where the arguments begin: the first parenthesis that is in no template argument.
std::size_t arguments_at(std::string_view text) {
  int depth = 0;
  std::size_t i = 0;
  if (const std::size_t op = text.find(kOperator); op != std::string_view::npos) {
    i = text.find('(', op + kOperator.size() + 1);  // behind operator(), operator<<
    return std::min(i, text.size());
  }
  for (; i < text.size(); ++i) {
    if (text[i] == '<') ++depth;
    if (text[i] == '>') --depth;
    if (text[i] == '(' && depth == 0) return i;
  }
  return text.size();
}

// Where the name begins: behind the return type, which only templates carry.
std::size_t name_at(std::string_view text) {
  if (const std::size_t op = text.find(kOperator); op != std::string_view::npos) text = text.substr(0, op);
  int depth = 0;
  std::size_t name = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') ++depth;
    if (text[i] == '>') --depth;
    if (text[i] == ' ' && depth == 0) name = i + 1;
  }
  return name;
}

}  // namespace

std::string short_name(std::string_view symbol) {
  std::string text(symbol);
  erase_lambdas(text);
  for (const std::string_view scope :
       {"(anonymous namespace)::", "m2sim::emu::", "m2sim::timing::", "m2sim::insts::", "m2sim::cmd::"}) {
    erase_all(text, scope);
  }
  text.resize(arguments_at(text));
  erase_all(text, "[abi:cxx11]");
  return text.substr(name_at(text));
}

}  // namespace m2sim::cmd
