// What a core is made of, as numbers. The structs are made from the one table, fields.inc, which names,
// bounds and explains every member; the values with their sources are in m2_pcore.cpp and m1_pcore.cpp.
//
// Ports, schedulers and dispatch queues are lists: how many there are, what they are called and what leads
// where is as much a part of the configuration as a size.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace m2sim::timing {

enum class CapabilityBit : std::uint32_t {
#define CAPABILITY(name, text, meaning) k##name,
#include "timing/config/capabilities.inc"
#undef CAPABILITY
  kCount,
};

// What an execution port can do; a port's capabilities are an or of these.
enum PortCapability : std::uint32_t {
#define CAPABILITY(name, text, meaning) kCap##name = 1U << static_cast<std::uint32_t>(CapabilityBit::k##name),
#include "timing/config/capabilities.inc"
#undef CAPABILITY
};

inline constexpr unsigned kPortCapabilityCount = static_cast<unsigned>(CapabilityBit::kCount);
inline constexpr unsigned kTageTableCount = 6;

// The most that any core may have.
inline constexpr unsigned kMaxPorts = 24;
inline constexpr unsigned kMaxSchedulers = 16;
inline constexpr unsigned kMaxDispatchQueues = 8;

// What an element of a list is called; the rest, at least one, is zeros.
using Name = std::array<char, 16>;
constexpr std::string_view text_of(const Name& name) { return name.data(); }

// The place of an element that is not there.
inline constexpr std::uint32_t kNoElement = UINT32_MAX;

// Up to kMost elements.
template <class Element, unsigned kMost>
struct List {
  std::uint32_t count;
  std::array<Element, kMost> elements;

  constexpr std::uint32_t size() const { return count; }
  constexpr Element& operator[](std::size_t index) { return elements[index]; }
  constexpr const Element& operator[](std::size_t index) const { return elements[index]; }
  constexpr Element* begin() { return elements.data(); }
  constexpr Element* end() { return begin() + count; }
  constexpr const Element* begin() const { return elements.data(); }
  constexpr const Element* end() const { return begin() + count; }
};

#define STRUCT(type) struct type {
#define END_STRUCT(type) \
  }                      \
  ;
#define FIELD(member, unit, min, max, meaning) std::uint32_t member;
#define MASK(member, meaning) std::uint32_t member;
#define INDEX(member, kind, meaning) std::uint32_t member;
#define NAME(member) Name member;
#define PART(type, member) type member;
#define PART_UNNAMED(type, member) type member;
#define ARRAY(type, member, size) std::array<type, size> member;
#define LIST(type, member, most, meaning) List<type, most> member;
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

CoreConfig m2_pcore();
CoreConfig m1_pcore();

}  // namespace m2sim::timing
