// The bounds of the configuration's numbers as constants: Bounds<RobConfig>::groups.max. What is as large as
// a bound says so by a static_assert or takes its size from here.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "timing/config/config.h"

namespace m2sim::timing {

struct Bound {
  std::uint32_t min;
  std::uint32_t max;
};

// Places of a ring that is indexed by number and holds `most` at once: a power of two, so that the index is a
// mask.
constexpr std::size_t ring_size(std::uint32_t most) { return std::bit_ceil(std::size_t{most} + 1); }

template <class Struct>
struct Bounds;

#define STRUCT(type) \
  template <>        \
  struct Bounds<type> {
#define END_STRUCT(type) \
  }                      \
  ;
#define FIELD(member, unit, min, max, meaning) static constexpr Bound member{min, max};
#define MASK(member, meaning) static constexpr Bound member{1, (1U << kPortCapabilityCount) - 1};
#define INDEX(member, kind, meaning)
#define NAME(member)
#define PART(type, member)
#define PART_UNNAMED(type, member)
#define ARRAY(type, member, size)
#define LIST(type, member, most, meaning) static constexpr Bound member{1, most};
#include "timing/config/fields.inc"
#undef STRUCT
#undef END_STRUCT
#undef FIELD
#undef MASK
#undef INDEX
#undef NAME
#undef PART
#undef PART_UNNAMED
#undef ARRAY
#undef LIST

}  // namespace m2sim::timing
