#include "emu/linux/checkpoint/sections.h"

#include <nettle/sha2.h>
#include <zstd.h>

#include <array>
#include <cstring>

namespace m2sim::emu {

namespace {

constexpr std::string_view kMagic = "m2sim checkpoint";
constexpr std::uint32_t kByteOrder = 0x01020304;
constexpr std::uint32_t kOtherByteOrder = 0x04030201;
constexpr const char* kLast = "end";
constexpr std::uint64_t kMostRaw = std::uint64_t{256} << 20U;  // of one section
constexpr int kLevel = 1;                                      // a guest's pages: as fast as it goes

struct Head {
  std::array<char, kMagic.size()> magic;
  std::uint32_t byte_order;
  std::uint32_t schema;
};

struct SectionHead {
  std::array<char, 16> name;
  std::uint64_t packed;
  std::uint64_t raw;
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest;
};

std::array<char, 16> name_of(std::string_view text) {
  std::array<char, 16> name{};
  text.copy(name.data(), name.size());
  return name;
}

const std::uint8_t* octets(const void* data) { return static_cast<const std::uint8_t*>(data); }

// Over the place in the file, too: a section does not pass for another.
std::array<std::uint8_t, SHA256_DIGEST_SIZE> checksum(const SectionHead& head, std::string_view packed,
                                                      std::uint64_t place) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, head.name.size(), octets(head.name.data()));
  sha256_update(&context, sizeof(head.packed), octets(&head.packed));
  sha256_update(&context, sizeof(head.raw), octets(&head.raw));
  sha256_update(&context, sizeof(place), octets(&place));
  sha256_update(&context, packed.size(), octets(packed.data()));
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  sha256_digest(&context, digest.size(), digest.data());
  return digest;
}

[[noreturn]] void cut_off() { refuse_checkpoint("the file ends early; make the checkpoint anew"); }

}  // namespace

SectionWriter::SectionWriter() {
  Head head{{}, kByteOrder, kCheckpointSchema};
  kMagic.copy(head.magic.data(), head.magic.size());
  bytes_.append(reinterpret_cast<const char*>(&head), sizeof(head));
}

void SectionWriter::add(std::string_view name, const Archive& section) {
  const std::string& raw = section.bytes();
  if (raw.size() > kMostRaw) refuse_checkpoint("the section '" + std::string(name) + "' would be too large");
  std::string packed(ZSTD_compressBound(raw.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), raw.data(), raw.size(), kLevel);
  if (ZSTD_isError(size) != 0) refuse_checkpoint(std::string("zstd: ") + ZSTD_getErrorName(size));
  packed.resize(size);
  SectionHead head{name_of(name), packed.size(), raw.size(), {}};
  head.digest = checksum(head, packed, count_++);
  bytes_.append(reinterpret_cast<const char*>(&head), sizeof(head)).append(packed);
}

std::string SectionWriter::finish() {
  add(kLast, Archive());
  return std::move(bytes_);
}

SectionReader::SectionReader(std::string_view bytes) : rest_(bytes) {
  Head head{};
  if (bytes.size() < sizeof(head) || bytes.substr(0, kMagic.size()) != kMagic) {
    refuse_checkpoint(bytes.empty() ? "the file is empty" : "the file is not a checkpoint of m2sim");
  }
  std::memcpy(&head, bytes.data(), sizeof(head));
  if (head.byte_order == kOtherByteOrder)
    refuse_checkpoint("it was made on a host of the other byte order; make the checkpoint anew on this one");
  if (head.byte_order != kByteOrder) refuse_checkpoint("the file is damaged: its head makes no sense");
  if (head.schema != kCheckpointSchema) {
    refuse_checkpoint("it has schema " + std::to_string(head.schema) + ", and this m2sim reads schema " +
                      std::to_string(kCheckpointSchema) + "; make the checkpoint anew with this m2sim");
  }
  rest_.remove_prefix(sizeof(head));
  check();
}

// All of them before anything is done with the first.
void SectionReader::check() const {
  std::string_view rest = rest_;
  std::uint64_t place = 0;
  for (bool last = false; !last; ++place) {
    SectionHead head{};
    if (rest.size() < sizeof(head)) cut_off();
    std::memcpy(&head, rest.data(), sizeof(head));
    rest.remove_prefix(sizeof(head));
    last = head.name == name_of(kLast);
    // Most damage to a length looks as if the file were cut.
    if (head.packed > rest.size()) cut_off();
    if (head.raw > kMostRaw || checksum(head, rest.substr(0, head.packed), place) != head.digest) {
      refuse_checkpoint("the file is damaged: the checksum of its part " + std::to_string(place + 1) +
                        " is wrong; make the checkpoint anew");
    }
    rest.remove_prefix(head.packed);
  }
  if (rest.empty()) return;
  refuse_checkpoint("the file is damaged: there are " + std::to_string(rest.size()) +
                    " bytes behind its end; make the checkpoint anew");
}

Archive SectionReader::next(const char* name) {
  SectionHead head{};
  std::memcpy(&head, rest_.data(), sizeof(head));
  std::string raw(head.raw, '\0');
  rest_.remove_prefix(sizeof(head));
  const std::string_view packed = rest_.substr(0, head.packed);
  const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), packed.data(), packed.size());
  if (head.name != name_of(name) || ZSTD_isError(size) != 0 || size != raw.size())
    Archive({}, name).damaged();
  rest_.remove_prefix(head.packed);
  return Archive(std::move(raw), name);
}

void SectionReader::finish() { next(kLast).end(); }

}  // namespace m2sim::emu
