#include "emu/linux/checkpoint/spaces.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "emu/linux/checkpoint/fields.h"
#include "emu/linux/guest_paths.h"
#include "emu/memory/file_object.h"

namespace m2sim::emu {

namespace {

constexpr std::uint64_t kChunk = std::uint64_t{16} << 20U;  // of pages, a section

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : std::string();
}

template <class T>
std::uint32_t number_of(const std::vector<T>& all, const T& one) {
  return one == nullptr
             ? 0
             : static_cast<std::uint32_t>(std::find(all.begin(), all.end(), one) - all.begin()) + 1;
}

// A reference to one of `all`.
template <class T>
void refer(Archive& archive, const std::vector<T>& all, T& one) {
  std::uint32_t number = archive.reads() ? 0 : number_of(all, one);
  archive(number);
  if (!archive.reads()) return;
  if (number > all.size()) archive.damaged();
  one = number == 0 ? nullptr : all[number - 1];
}

// But for the regions and what refers to others.
void fields_of(Archive& archive, AddressSpace& space) {
  archive(space.family, space.brk_start, space.brk_end, space.stack_begin, space.stack_end, space.locks_new,
          space.sigreturn_address);
}

}  // namespace

Spaces::Spaces(const Kernel& kernel, const Program& first, KeptFiles& kept) {
  add(first, kept);
  for (const auto& process : kernel.processes()) {
    if (process->space != nullptr && number_of(spaces_, process->space) > spaces_.size())
      add(process->space, kept);
  }
}

void Spaces::add(const Program& program, KeptFiles& kept) {
  if (program == nullptr || std::find(programs_.begin(), programs_.end(), program) != programs_.end()) return;
  const std::string path = real_path(program->image.path);
  const HostFile file(path, O_RDONLY);
  if (path.empty() || file.fd() < 0)
    refuse_checkpoint("the program " + program->image.path +
                      " is not there any more, and a checkpoint names its file");
  kept.add(path, file.fd(), false);
  programs_.push_back(program);
}

void Spaces::add(const std::shared_ptr<AddressSpace>& space, KeptFiles& kept) {
  add(space->program, kept);
  for (const Region& region : space->memory.regions()) {
    if (!region.file) continue;
    const int fd = region.backing == nullptr ? -1 : region.backing->fd();
    const std::string path = name_of_descriptor(fd);
    struct stat status {};
    const bool named = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && !path.ends_with(" (deleted)");
    if (!named) {
      refuse_checkpoint("a mapping of " + (path.empty() ? "a file" : path) +
                        ", which has no name of its own, cannot be kept");
    }
    const bool writes = region.shared && (::fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY;
    kept.add(path, fd, writes);
  }
  spaces_.push_back(space);
}

void Spaces::save(SectionWriter& sections) {
  Archive archive;
  auto program_count = static_cast<std::uint32_t>(programs_.size());
  auto space_count = static_cast<std::uint32_t>(spaces_.size());
  archive(program_count, space_count);
  for (const Program& program : programs_) {
    LoadedProgram copy = *program;
    std::string path = real_path(copy.image.path);
    std::string name = copy.image.path;
    archive(path, name);
    fields(archive, copy);
  }
  sections.add("programs", archive);
  for (const auto& space : spaces_) save_space(sections, *space);
}

void Spaces::save_space(SectionWriter& sections, AddressSpace& space) {
  Memory& memory = space.memory;
  Archive head;
  std::uint64_t limit = memory.limit();
  std::uint64_t search_top = memory.search_top();
  auto count = static_cast<std::uint32_t>(memory.regions().size());
  std::uint64_t top = memory.regions().empty() ? 0 : memory.regions().back().end;
  head(space.number, limit, search_top, top, count);
  fields_of(head, space);
  visit(head, space.program);
  for (const Region& region : memory.regions()) {
    Region copy = region;
    Source source;
    if (region.file)
      source = {name_of_descriptor(region.backing->fd()),
                static_cast<std::uint32_t>(::fcntl(region.backing->fd(), F_GETFL)) & O_ACCMODE};
    head(copy, source);
  }
  sections.add("space", head);
  save_pages(sections, memory);
}

void Spaces::save_pages(SectionWriter& sections, const Memory& memory) {
  Archive chunk;
  bool more = true;
  const auto next_chunk = [&] {
    Archive whole;
    whole(more);
    std::string bytes = chunk.bytes();
    whole(bytes);
    sections.add("pages", whole);
    chunk = Archive();
  };
  std::vector<std::byte> bytes;
  for (const Region& region : memory.regions()) {
    for (PageRange& range : memory.contents(region, shared_)) {
      bytes.resize(range.length);
      if (!memory.read_any(range.begin, bytes.data(), bytes.size())) continue;
      chunk(range.begin, bytes);
      if (chunk.bytes().size() >= kChunk) next_chunk();
    }
  }
  more = false;
  next_chunk();
}

Spaces::Spaces(SectionReader& sections) {
  Archive archive = sections.next("programs");
  std::uint32_t program_count = 0;
  std::uint32_t space_count = 0;
  archive(program_count, space_count);
  for (std::uint32_t i = 0; i < program_count; ++i) {
    std::string path;
    std::string name;
    archive(path, name);
    LoadedProgram program;
    fields(archive, program);
    program.image = read_elf(path);
    program.image.path = name;
    program.file = held_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    programs_.push_back(std::make_shared<const LoadedProgram>(std::move(program)));
  }
  archive.end();
  if (programs_.empty()) archive.damaged();
  for (std::uint32_t i = 0; i < space_count; ++i) restore_space(sections);
}

Spaces::~Spaces() {
  for (const auto& [object, fd] : shared_files_) ::close(fd);
}

// Of shared memory without a file every view is one of the same file without a name.
int Spaces::shared_memory(const Region& region) {
  const auto known = shared_files_.find(region.object);
  const int fd = known != shared_files_.end() ? known->second : ::memfd_create("shared", MFD_CLOEXEC);
  if (fd < 0) refuse_checkpoint("cannot make shared memory: " + why());
  shared_files_[region.object] = fd;
  const std::uint64_t size = region.offset + (region.end - region.begin);
  struct stat status {};
  if (::fstat(fd, &status) == 0 && static_cast<std::uint64_t>(status.st_size) < size &&
      ::ftruncate(fd, static_cast<off_t>(size)) != 0) {
    refuse_checkpoint("cannot make shared memory: " + why());
  }
  return fd;
}

void Spaces::restore_space(SectionReader& sections) {
  Archive head = sections.next("space");
  std::uint64_t number = 0;
  std::uint64_t limit = 0;
  std::uint64_t search_top = 0;
  std::uint64_t top = 0;
  std::uint32_t count = 0;
  head(number, limit, search_top, top, count);
  const auto space = std::make_shared<AddressSpace>(number, limit, top);
  fields_of(head, *space);
  visit(head, space->program);
  std::vector<std::pair<Region, Source>> regions;
  for (std::uint32_t i = 0; i < count; ++i) {
    regions.emplace_back();
    head(regions.back());
  }
  head.end();
  Memory& memory = space->memory;
  for (const auto& [region, source] : regions) {
    const bool by_name = region.file;
    const HostFile file(by_name ? source.path : "", static_cast<int>(source.flags));
    const int fd = by_name ? file.fd() : region.shared ? shared_memory(region) : -1;
    if (by_name && fd < 0) refuse_checkpoint("cannot map " + source.path + ": " + why());
    if (!memory.put_back(region, fd))
      refuse_checkpoint("the host refuses the memory at " + std::to_string(region.begin) +
                        " that the program had");
  }
  memory.set_search_top(std::min(search_top, memory.limit()));
  restore_pages(sections, memory);
  spaces_.push_back(space);
}

void Spaces::restore_pages(SectionReader& sections, Memory& memory) {
  for (bool more = true; more;) {
    Archive whole = sections.next("pages");
    std::string text;
    whole(more, text);
    whole.end();
    Archive chunk(std::move(text), "pages");
    std::vector<std::byte> bytes;
    while (!chunk.done()) {
      std::uint64_t begin = 0;
      chunk(begin, bytes);
      if (!memory.write_any(begin, bytes.data(), bytes.size())) chunk.damaged();
    }
  }
}

void Spaces::visit(Archive& archive, std::shared_ptr<AddressSpace>& space) const {
  refer(archive, spaces_, space);
}

void Spaces::visit(Archive& archive, Program& program) const { refer(archive, programs_, program); }

}  // namespace m2sim::emu
