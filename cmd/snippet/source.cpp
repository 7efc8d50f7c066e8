#include "cmd/snippet/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdlib>
#include <regex>
#include <utility>

#include "cmd/console/failure.h"

namespace m2sim::cmd {
namespace {

constexpr std::uint64_t kMostBufferBytes = std::uint64_t{1} << 28U;
constexpr std::uint64_t kMostIterationsAsked = 1'000'000;

// Where a comment stands, and what is wrong with it.
struct Place {
  const std::string& file;
  std::size_t line;

  template <class... Args>
  emu::UserError wrong(fmt::format_string<Args...> format, Args&&... args) const {
    return failure("snippet: {}:{}: {}", file, line, fmt::format(format, std::forward<Args>(args)...));
  }
};

std::optional<std::uint64_t> whole(std::string_view text) {
  const bool negative = text.starts_with("-");
  if (negative) text.remove_prefix(1);
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return negative ? 0 - value : value;
}

std::optional<double> real(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return std::nullopt;
  return value;
}

// "name[64]+8", "name": the buffer of that name, made where it is not there yet.
GeneralValue buffer_value(const std::smatch& match, SnippetState& state, const Place& place) {
  GeneralValue value;
  value.number = match[3].matched ? whole(match[3].str()).value_or(0) : 0;
  const std::string name = match[1];
  for (std::size_t i = 0; i < state.buffers.size() && !value.buffer; ++i) {
    if (state.buffers[i].name == name) value.buffer = i;
  }
  const std::uint64_t bytes = match[2].matched ? whole(match[2].str()).value_or(0) : 0;
  if (!value.buffer) {
    if (bytes == 0 || bytes > kMostBufferBytes) {
      throw place.wrong("a buffer has 1 to {} bytes: {}[64]", kMostBufferBytes, name);
    }
    value.buffer = state.buffers.size();
    state.buffers.push_back({name, bytes});
  }
  if (value.number >= state.buffers[*value.buffer].bytes) throw place.wrong("{} is shorter", name);
  return value;
}

void set_general(unsigned number, const std::string& text, SnippetState& state, const Place& place) {
  static const std::regex buffer(R"(([A-Za-z_]\w*)(?:\[(\d+|0x[0-9a-f]+)\])?(?:\+(\d+))?)");
  if (number > 30) throw place.wrong("there is no register x{}", number);
  std::smatch match;
  if (const auto value = whole(text)) {
    state.general[number] = GeneralValue{*value, {}};
  } else if (std::regex_match(text, match, buffer)) {
    state.general[number] = buffer_value(match, state, place);
  } else {
    throw place.wrong("'{}' is neither a number nor a buffer[BYTES]", text);
  }
}

void set_vector(char kind, unsigned number, const std::string& text, SnippetState& state,
                const Place& place) {
  if (number > 31) throw place.wrong("there is no register {}{}", kind, number);
  std::uint64_t lane = 0;
  if (text.starts_with("0x")) {
    const auto value = whole(text);
    if (!value) throw place.wrong("'{}' is no number", text);
    lane = *value;
  } else {
    const auto value = real(text);
    if (!value) throw place.wrong("'{}' is no number", text);
    const std::uint64_t single = std::bit_cast<std::uint32_t>(static_cast<float>(*value));
    lane = kind == 's' ? single << 32U | single : std::bit_cast<std::uint64_t>(*value);
  }
  state.vectors[number] = {lane, lane};
}

void set(const std::string& item, SnippetState& state, const Place& place) {
  static const std::regex assignment(R"(([a-z]+)(\d*)=(\S+))");
  std::smatch match;
  if (!std::regex_match(item, match, assignment)) {
    throw place.wrong("'{}' says nothing; write x0=buffer[64], x1=5, v0=1.0 or iterations=1000", item);
  }
  const std::string name = match[1];
  const std::string value = match[3];
  if (match[2].length() == 0 && (name == "iterations" || name == "warmup")) {
    const auto count = whole(value);
    if (!count || *count > kMostIterationsAsked || (*count < 2 && name == "iterations")) {
      throw place.wrong("{} is a number up to {}", name, kMostIterationsAsked);
    }
    (name == "iterations" ? state.iterations : state.warmup) = count;
    return;
  }
  const bool general = name == "x" || name == "w";
  if (match[2].length() == 0 || match[2].length() > 2 ||
      (!general && name != "v" && name != "d" && name != "s")) {
    throw place.wrong("'{}' is none of xN, wN, vN, dN, sN, iterations and warmup", name + match[2].str());
  }
  const auto number = static_cast<unsigned>(std::stoul(match[2]));
  if (general) return set_general(number, value, state, place);
  set_vector(name[0], number, value, state, place);
}

// Whether the comment says that the loop begins here.
bool read_comment(std::string items, SnippetState& state, const Place& place) {
  if (const std::size_t end = items.find("*/"); end != std::string::npos) items.resize(end);
  static const std::regex item(R"([^\s,]+)");
  bool loop = false;
  for (std::sregex_iterator found(items.begin(), items.end(), item), none; found != none; ++found) {
    if (found->str() == "loop") {
      loop = true;
    } else {
      set(found->str(), state, place);
    }
  }
  return loop;
}

class Reader {
 public:
  Reader(const std::string& file, std::string_view text) : file_(file), text_(text) {}

  std::vector<Snippet> read() {
    while (!text_.empty()) {
      const std::size_t end = std::min(text_.find('\n'), text_.size());
      take(std::string(text_.substr(0, end)));
      text_.remove_prefix(std::min(end + 1, text_.size()));
      ++line_;
    }
    if (open_) throw Place{file_, line_}.wrong("the region '{}' has no LLVM-MCA-END", regions_.back().name);
    if (regions_.empty()) regions_.push_back({"", file_, 1, all_, outside_, has_beginning_});
    return std::move(regions_);
  }

 private:
  void take(std::string line) {
    static const std::regex mark(R"((?:#|//|;|@|/\*)\s*LLVM-MCA-(BEGIN|END)\b[ \t]*([^*\r]*).*)");
    static const std::regex own(R"((?:#|//|;|@|/\*)\s*m2sim:(.*))");
    std::smatch match;
    if (std::regex_search(line, match, mark)) {
      all_ += "\n";
      return match[1] == "BEGIN" ? begin(match[2]) : end();
    }
    if (std::regex_search(line, match, own)) {
      const Place place{file_, line_};
      if (read_comment(match[1], open_ ? regions_.back().state : outside_, place)) {
        bool& begun = open_ ? regions_.back().has_beginning : has_beginning_;
        if (std::exchange(begun, true)) throw place.wrong("the loop has begun");
        line = "m2sim_loop:";
      }
    }
    all_ += line + "\n";
    if (open_) regions_.back().text += line + "\n";
  }

  void begin(std::string name) {
    if (open_) throw Place{file_, line_}.wrong("the region '{}' has not ended", regions_.back().name);
    name.erase(name.find_last_not_of(" \t") + 1);
    if (name.empty()) name = std::to_string(regions_.size() + 1);
    open_ = true;
    regions_.push_back({name, file_, line_ + 1, "", outside_, false});
  }

  void end() {
    if (!open_) throw Place{file_, line_}.wrong("LLVM-MCA-END without its beginning");
    open_ = false;
  }

  const std::string& file_;
  std::string_view text_;
  std::size_t line_ = 1;
  bool open_ = false;
  bool has_beginning_ = false;
  std::string all_;
  SnippetState outside_;
  std::vector<Snippet> regions_;
};

}  // namespace

std::vector<Snippet> snippets_of(const std::string& file, std::string_view text) {
  return Reader(file, text).read();
}

}  // namespace m2sim::cmd
