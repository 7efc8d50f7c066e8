// Values as bytes, one way or the other: a type says once which fields it has, so that what is read cannot
// differ from what was written.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "emu/user_error.h"

namespace m2sim::emu {

[[noreturn]] inline void refuse_checkpoint(const std::string& message) {
  throw UserError(message, UserError::Kind::kOther);
}

// The last value of an enum that a checkpoint has, whose values are dense from 0 on.
template <class Enum>
struct LastOf;  // of each of them, Enum value

class Archive {
 public:
  Archive() = default;                                   // takes values
  explicit Archive(std::string bytes, const char* name)  // gives them back
      : reads_(true), name_(name), bytes_(std::move(bytes)) {}

  bool reads() const { return reads_; }
  const std::string& bytes() const { return bytes_; }

  template <class... T>
  void operator()(T&... values) {
    (one(values), ...);
  }
  // As many bytes as the reader knows of himself.
  void raw(void* data, std::size_t size) {
    if (!reads_) {
      bytes_.append(static_cast<const char*>(data), size);
      return;
    }
    need(size);
    std::memcpy(data, bytes_.data() + at_, size);
    at_ += size;
  }
  [[noreturn]] void damaged() const {
    refuse_checkpoint(std::string("its section '") + name_ + "' makes no sense; make the checkpoint anew");
  }
  bool done() const { return at_ == bytes_.size(); }
  // Of a part that is read: there is nothing behind its last value.
  void end() const {
    if (reads_ && !done()) damaged();
  }

 private:
  template <class T>
  static constexpr bool kPlain = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

  void need(std::size_t size) const {
    if (size > bytes_.size() - at_) damaged();
  }

  template <class T>
  void one(T& value) {
    if constexpr (kPlain<T>) {
      raw(&value, sizeof(value));
    } else if constexpr (std::is_enum_v<T>) {
      auto number = static_cast<std::underlying_type_t<T>>(value);
      raw(&number, sizeof(number));
      if (number < 0 || number > static_cast<std::underlying_type_t<T>>(LastOf<T>::value)) damaged();
      value = static_cast<T>(number);
    } else if constexpr (requires { value.fields(*this); }) {
      value.fields(*this);
    } else {
      fields(*this, value);
    }
  }
  void one(bool& value) {
    std::uint8_t byte = value ? 1 : 0;
    raw(&byte, 1);
    if (byte > 1) damaged();
    value = byte != 0;
  }
  void one(std::byte& value) { raw(&value, 1); }
  template <class T, std::size_t kSize>
  void one(std::array<T, kSize>& values) {
    for (T& value : values) one(value);
  }
  template <class T, class U>
  void one(std::pair<T, U>& values) {
    one(values.first);
    one(values.second);
  }
  template <class T>
  void one(std::optional<T>& value) {
    bool has = value.has_value();
    one(has);
    if (reads_) value = has ? std::optional<T>(T{}) : std::nullopt;
    if (has) one(*value);
  }
  void one(std::string& text) { bulk(text); }
  void one(std::vector<std::byte>& bytes) { bulk(bytes); }
  template <class T>
  void one(std::vector<T>& values) {
    list(values);
  }
  template <class T>
  void one(std::deque<T>& values) {
    list(values);
  }
  template <class K, class V>
  void one(std::map<K, V>& values) {
    std::vector<std::pair<K, V>> pairs(values.begin(), values.end());
    list(pairs);
    if (reads_) values = std::map<K, V>(pairs.begin(), pairs.end());
  }

  template <class List>
  void bulk(List& list) {
    std::uint64_t size = list.size();
    one(size);
    if (reads_) {
      need(size);
      list.resize(size);
    }
    raw(list.data(), size);
  }
  // An element has a byte at least: what claims to have more of them than there are bytes ends early.
  template <class List>
  void list(List& list) {
    std::uint64_t size = list.size();
    one(size);
    if (reads_) {
      need(size);
      list.clear();
      for (std::uint64_t i = 0; i < size; ++i) one(list.emplace_back());
    } else {
      for (auto& value : list) one(value);
    }
  }

  bool reads_ = false;
  const char* name_ = "";
  std::string bytes_;
  std::size_t at_ = 0;
};

}  // namespace m2sim::emu
