// What the parts of a core have learned, as bytes, and back: lines, pages, branches, streams, in the order of
// their use. Nothing of it is a time: what is on its way or has a turn is not learned.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "timing/zeroed_array.h"

namespace m2sim::timing {

class Learned {
 public:
  Learned() = default;  // takes what is shown to it
  explicit Learned(std::string bytes) : gives_(true), bytes_(std::move(bytes)) {}

  const std::string& bytes() const { return bytes_; }

  template <class... T>
  void operator()(T&... values) {
    (one(values), ...);
  }

 private:
  void raw(void* data, std::size_t size) {
    if (!gives_) {
      bytes_.append(static_cast<const char*>(data), size);
    } else if (size != 0 && size <= bytes_.size() - at_) {
      std::memcpy(data, bytes_.data() + at_, size);
      at_ += size;
    }
  }
  template <class T>
  void one(T& value) {
    if constexpr (requires { value.learned(*this); }) {
      value.learned(*this);
    } else {
      static_assert(std::is_trivially_copyable_v<T>);
      raw(&value, sizeof(value));
    }
  }
  // As long as the configuration says.
  template <class T>
  void one(ZeroedArray<T>& values) {
    for (T& value : values) one(value);
  }
  template <class T>
  void one(std::vector<T>& values) {
    for (T& value : values) one(value);
  }

  bool gives_ = false;
  std::string bytes_;
  std::size_t at_ = 0;
};

// All that a model has learned.
template <class Model>
std::string what_was_learned(Model& model) {
  Learned learned;
  model.learned(learned);
  return learned.bytes();
}

// Into a new model of the same configuration. False: it is of another one, and nothing has changed.
template <class Model>
bool go_on_learning(Model& model, const std::string& bytes) {
  if (what_was_learned(model).size() != bytes.size()) return false;
  Learned learned(bytes);
  model.learned(learned);
  return true;
}

}  // namespace m2sim::timing
