#include "timing/config/fields.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace m2sim::timing {

namespace {

// A member of one of the structs: a value, or a part with members of its own.
struct Member {
  enum class Shape : std::uint8_t { kValue, kPart, kUnnamedPart, kArray, kList };

  Shape shape;
  std::string_view name;
  std::size_t offset;
  std::string_view unit{};
  std::string_view meaning{};
  std::uint32_t min = 0;
  std::uint32_t max = 0;
  FieldKind kind = FieldKind::kNumber;
  std::span<const Member> part{};
  std::size_t stride = 0;    // from one element to the next
  std::size_t elements = 0;  // of a list: offset of the first
};

template <class Struct>
struct Members;

// A name is the first member of what has one.
#define STRUCT(type)     \
  template <>            \
  struct Members<type> { \
    using Struct = type; \
    static constexpr auto kAll = std::to_array<Member>({
#define END_STRUCT(type) \
  })                     \
  ;                      \
  }                      \
  ;
#define FIELD(member, unit, min, max, meaning) \
  {Member::Shape::kValue, #member, offsetof(Struct, member), unit, meaning, min, max},
#define MASK(member, meaning)        \
  {Member::Shape::kValue,            \
   #member,                          \
   offsetof(Struct, member),         \
   "capabilities",                   \
   meaning,                          \
   1,                                \
   (1U << kPortCapabilityCount) - 1, \
   FieldKind::kCapabilities},
#define INDEX(member, kind, meaning) \
  {Member::Shape::kValue, #member, offsetof(Struct, member), "name", meaning, 0, UINT32_MAX, FieldKind::kind},
#define NAME(member)
#define PART(type, member)             \
  {.shape = Member::Shape::kPart,      \
   .name = #member,                    \
   .offset = offsetof(Struct, member), \
   .part = Members<type>::kAll},
#define PART_UNNAMED(type, member)       \
  {.shape = Member::Shape::kUnnamedPart, \
   .name = #member,                      \
   .offset = offsetof(Struct, member),   \
   .part = Members<type>::kAll},
#define ARRAY(type, member, size)      \
  {.shape = Member::Shape::kArray,     \
   .name = #member,                    \
   .offset = offsetof(Struct, member), \
   .max = size,                        \
   .part = Members<type>::kAll,        \
   .stride = sizeof(type)},
#define LIST(type, member, most, text) \
  {.shape = Member::Shape::kList,      \
   .name = #member,                    \
   .offset = offsetof(Struct, member), \
   .unit = "names",                    \
   .meaning = text,                    \
   .min = 1,                           \
   .max = most,                        \
   .kind = FieldKind::kNames,          \
   .part = Members<type>::kAll,        \
   .stride = sizeof(type),             \
   .elements = offsetof(decltype(Struct::member), elements)},
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

static_assert(offsetof(PortConfig, name) == 0 && offsetof(SchedulerConfig, name) == 0 &&
                  offsetof(DispatchQueueConfig, name) == 0,
              "the name comes first");

class Collector {
 public:
  explicit Collector(const CoreConfig& config) : config_(config) {}

  // `prefix` is the path so far with a dot behind, `base` where the struct of these members begins.
  void collect(std::span<const Member> members, const std::string& prefix, std::size_t base) {
    for (const Member& member : members) {
      const std::string path = prefix + std::string(member.name);
      const std::size_t at = base + member.offset;
      switch (member.shape) {
        case Member::Shape::kValue:
          add(member, path, at);
          break;
        case Member::Shape::kPart:
          collect(member.part, path + ".", at);
          break;
        case Member::Shape::kUnnamedPart:
          collect(member.part, prefix, at);
          break;
        case Member::Shape::kArray:
          for (std::size_t i = 0; i < member.max; ++i) {
            collect(member.part, path + "." + std::to_string(i + 1) + ".", at + i * member.stride);
          }
          break;
        case Member::Shape::kList:
          collect_list(member, path, at);
          break;
      }
    }
  }

  std::vector<Field> take() { return std::move(fields_); }

 private:
  void add(const Member& member, std::string path, std::size_t at) {
    fields_.push_back(
        {std::move(path), member.unit, member.meaning, member.min, member.max, member.kind, at});
  }

  void collect_list(const Member& member, const std::string& path, std::size_t at) {
    add(member, path + ".names", at);
    const std::uint32_t count = std::min(fields_.back().get(config_), member.max);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t element = at + member.elements + i * member.stride;
      Name name;
      std::memcpy(&name, reinterpret_cast<const std::byte*>(&config_) + element, sizeof name);
      collect(member.part, path + "." + std::string(text_of(name)) + ".", element);
    }
  }

  const CoreConfig& config_;
  std::vector<Field> fields_;
};

}  // namespace

std::uint32_t Field::get(const CoreConfig& config) const {
  std::uint32_t value = 0;
  std::memcpy(&value, reinterpret_cast<const std::byte*>(&config) + offset, sizeof value);
  return value;
}

void Field::set(CoreConfig& config, std::uint32_t value) const {
  std::memcpy(reinterpret_cast<std::byte*>(&config) + offset, &value, sizeof value);
}

std::vector<Field> fields(const CoreConfig& config) {
  Collector collector(config);
  collector.collect(Members<CoreConfig>::kAll, "", 0);
  return collector.take();
}

std::span<const std::string_view> builtin_core_names() {
  static constexpr std::array<std::string_view, 2> kNames{"m2-pcore", "m1-pcore"};
  return kNames;
}

std::optional<CoreConfig> builtin_core(std::string_view name) {
  if (name == builtin_core_names()[0]) {
    return m2_pcore();
  }
  if (name == builtin_core_names()[1]) {
    return m1_pcore();
  }
  return std::nullopt;
}

}  // namespace m2sim::timing
