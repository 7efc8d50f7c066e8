#include "cmd/symbols/code_object.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fmt/format.h>
#include <gelf.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "cmd/symbols/demangled.h"
#include "cmd/symbols/inlined_code.h"
#include "cmd/symbols/stubs.h"

namespace m2sim::cmd {

struct CodeObject::Debug {
  ~Debug() {
    if (session != nullptr) dwfl_end(session);
  }
  std::string folders;
  char* folders_text = nullptr;
  Dwfl_Callbacks callbacks{};
  Dwfl* session = nullptr;
  Dwfl_Module* module = nullptr;
  Elf* elf = nullptr;
  std::uint64_t bias = 0;                                     // of libdw's addresses over those in the file
  bool asked = false;                                         // for debug information
  Dwarf* dwarf = nullptr;                                     // null: there is none
  std::map<Dwarf_Off, std::unique_ptr<InlinedCode>> inlined;  // by compilation unit
};

CodeObject::CodeObject(const std::string& path, const std::string& sysroot)
    : path_(path), name_(path.substr(path.rfind('/') + 1)), debug_(std::make_unique<Debug>()) {
  debug_->folders = ":.debug:/usr/lib/debug";
  if (!sysroot.empty()) debug_->folders += ":" + sysroot + "/usr/lib/debug";
  debug_->folders_text = debug_->folders.data();
  debug_->callbacks.find_elf = dwfl_build_id_find_elf;
  debug_->callbacks.find_debuginfo = dwfl_standard_find_debuginfo;
  debug_->callbacks.section_address = dwfl_offline_section_address;
  debug_->callbacks.debuginfo_path = &debug_->folders_text;
  debug_->session = dwfl_begin(&debug_->callbacks);
  if (debug_->session == nullptr) return;
  debug_->module = dwfl_report_offline(debug_->session, name_.c_str(), path.c_str(), -1);
  dwfl_report_end(debug_->session, nullptr, nullptr);
  if (debug_->module == nullptr) return;
  GElf_Addr bias = 0;
  debug_->elf = dwfl_module_getelf(debug_->module, &bias);
  debug_->bias = bias;
  if (debug_->elf == nullptr) return;
  read_sections();
  read_symbols();
  add_stubs();
}

CodeObject::~CodeObject() = default;

void CodeObject::read_sections() {
  for (Elf_Scn* section = elf_nextscn(debug_->elf, nullptr); section != nullptr;
       section = elf_nextscn(debug_->elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || (header.sh_flags & SHF_EXECINSTR) == 0) continue;
    // libdw has placed the sections of a relocatable file, and says where.
    sections_.push_back({header.sh_addr, header.sh_addr + header.sh_size});
  }
  if (sections_.empty()) {
    std::size_t count = 0;
    if (elf_getphdrnum(debug_->elf, &count) != 0) return;
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Phdr header;
      if (gelf_getphdr(debug_->elf, static_cast<int>(i), &header) == nullptr) continue;
      if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0) {
        sections_.push_back({header.p_vaddr, header.p_vaddr + header.p_memsz});
      }
    }
  }
  std::sort(sections_.begin(), sections_.end(),
            [](const Section& a, const Section& b) { return a.begin < b.begin; });
}

// Functions are what is typed so, and global names of assembly; its local names are labels.
void CodeObject::read_symbols() {
  const int count = dwfl_module_getsymtab(debug_->module);
  for (int i = 1; i < count; ++i) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    GElf_Word section = 0;
    const char* name =
        dwfl_module_getsym_info(debug_->module, i, &symbol, &address, &section, nullptr, nullptr);
    if (name == nullptr || *name == '\0' || *name == '$' || section == SHN_UNDEF || section == SHN_ABS)
      continue;
    const unsigned type = GELF_ST_TYPE(symbol.st_info);
    const std::uint64_t begin = address - debug_->bias;
    const bool function = type == STT_FUNC || type == STT_GNU_IFUNC;
    if (!function && type != STT_NOTYPE) continue;
    const bool in_code = std::any_of(sections_.begin(), sections_.end(), [begin](const Section& code) {
      return begin >= code.begin && begin < code.end;
    });
    if (!in_code) continue;
    Symbol entry{begin, symbol.st_size == 0 ? 0 : begin + symbol.st_size, name};
    const bool local = GELF_ST_BIND(symbol.st_info) == STB_LOCAL;
    (function || !local ? functions_ : labels_).push_back(std::move(entry));
  }
  for (std::vector<Symbol>* table : {&functions_, &labels_}) {
    // Of several names the first by its letters, those with few underscores before others.
    std::sort(table->begin(), table->end(), [](const Symbol& a, const Symbol& b) {
      if (a.begin != b.begin) return a.begin < b.begin;
      if ((a.end != 0) != (b.end != 0)) return a.end != 0;
      const std::size_t left = a.name.find_first_not_of('_');
      const std::size_t right = b.name.find_first_not_of('_');
      return left != right ? left < right : a.name < b.name;
    });
    const auto same = [](const Symbol& a, const Symbol& b) { return a.begin == b.begin; };
    table->erase(std::unique(table->begin(), table->end(), same), table->end());
  }
}

void CodeObject::add_stubs() {
  const auto function_at = [this](std::uint64_t address) -> std::string {
    const auto found =
        std::lower_bound(functions_.begin(), functions_.end(), address,
                         [](const Symbol& s, std::uint64_t wanted) { return s.begin < wanted; });
    return found == functions_.end() || found->begin != address ? "" : found->name;
  };
  std::vector<Stub> stubs = stubs_of(debug_->elf, function_at);
  for (Stub& stub : stubs) functions_.push_back({stub.begin, stub.end, std::move(stub.name)});
  std::stable_sort(functions_.begin(), functions_.end(),
                   [](const Symbol& a, const Symbol& b) { return a.begin < b.begin; });
}

std::optional<std::uint64_t> CodeObject::linked_address(std::uint64_t file_offset) const {
  std::size_t count = 0;
  if (debug_->elf == nullptr || elf_getphdrnum(debug_->elf, &count) != 0) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(debug_->elf, static_cast<int>(i), &header) == nullptr) continue;
    if (header.p_type != PT_LOAD || (header.p_flags & PF_X) == 0) continue;
    if (file_offset >= header.p_offset && file_offset - header.p_offset < header.p_filesz) {
      return header.p_vaddr + (file_offset - header.p_offset);
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> CodeObject::word(std::uint64_t address) const {
  std::size_t count = 0;
  if (debug_->elf == nullptr || elf_getphdrnum(debug_->elf, &count) != 0) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(debug_->elf, static_cast<int>(i), &header) == nullptr) continue;
    constexpr std::uint64_t kWord = sizeof(std::uint32_t);
    if (header.p_type != PT_LOAD || address < header.p_vaddr) continue;
    const std::uint64_t offset = address - header.p_vaddr;
    if (header.p_filesz < kWord || offset > header.p_filesz - kWord) continue;
    // Always the same piece: libelf keeps every one that it is asked for, and goes through them all.
    const Elf_Data* data = elf_getdata_rawchunk(debug_->elf, static_cast<std::int64_t>(header.p_offset),
                                                header.p_filesz, ELF_T_BYTE);
    if (data == nullptr || data->d_size < offset + kWord) return std::nullopt;
    std::uint32_t word = 0;
    std::memcpy(&word, static_cast<const char*>(data->d_buf) + offset, kWord);
    return word;
  }
  return std::nullopt;
}

FunctionName CodeObject::function(std::uint64_t address) const {
  const auto section = std::find_if(sections_.begin(), sections_.end(), [address](const Section& code) {
    return address >= code.begin && address < code.end;
  });
  const std::uint64_t floor = section == sections_.end() ? 0 : section->begin;
  // What has no name begins at the section's begin, behind the function before it, or where it is called.
  std::uint64_t unnamed = floor;
  const auto above = std::upper_bound(functions_.begin(), functions_.end(), address,
                                      [](std::uint64_t wanted, const Symbol& s) { return wanted < s.begin; });
  if (above != functions_.begin()) {
    const Symbol& below = *std::prev(above);
    if (below.begin >= floor) {
      if (below.end == 0 || address < below.end) return {demangled(below.name), below.begin};
      unnamed = std::max(unnamed, below.end);
    }
  }
  const auto call = called_.upper_bound(address);
  if (call != called_.begin() && *std::prev(call) > unnamed) unnamed = *std::prev(call);
  return {fmt::format("{}+{:#x}", name_, unnamed), unnamed};
}

std::string CodeObject::label(std::uint64_t address) const {
  const auto found = std::lower_bound(labels_.begin(), labels_.end(), address,
                                      [](const Symbol& s, std::uint64_t wanted) { return s.begin < wanted; });
  return found == labels_.end() || found->begin != address ? "" : found->name;
}

void CodeObject::refuse_debug_information(const std::string& why) {
  debug_->dwarf = nullptr;
  warning_ = fmt::format("{}: its debug information cannot be read ({}); no source lines", path_, why);
}

// What lines are asked of: looked through once, so that damage is known before anything is said.
void CodeObject::find_debug_information() {
  if (debug_->asked || debug_->module == nullptr) return;
  debug_->asked = true;
  dwfl_errno();
  Dwarf_Addr bias = 0;
  debug_->dwarf = dwfl_module_getdwarf(debug_->module, &bias);
  if (debug_->dwarf == nullptr) {
    const int error = dwfl_errno();
    const std::string why = error == 0 ? "" : dwfl_errmsg(error);
    // The one error that says that there is none.
    if (!why.empty() && why != "No DWARF information found" && why != "no DWARF information") {
      refuse_debug_information(why);
    }
    return;
  }
  Dwarf_CU* unit = nullptr;
  for (;;) {
    Dwarf_Die die;
    Dwarf_CU* next = nullptr;
    const int result = dwarf_get_units(debug_->dwarf, unit, &next, nullptr, nullptr, &die, nullptr);
    if (result == 1) return;
    Dwarf_Lines* lines = nullptr;
    std::size_t count = 0;
    const bool lines_read = result == 0 && (!dwarf_hasattr(&die, DW_AT_stmt_list) ||
                                            dwarf_getsrclines(&die, &lines, &count) == 0);
    if (!lines_read) return refuse_debug_information(dwarf_errmsg(-1));
    unit = next;
  }
}

SourceLine CodeObject::line(std::uint64_t address) {
  find_debug_information();
  if (debug_->dwarf == nullptr) return {};
  Dwfl_Line* line = dwfl_module_getsrc(debug_->module, address + debug_->bias);
  if (line == nullptr) return {};
  SourceLine result;
  int number = 0;
  const char* file = dwfl_lineinfo(line, nullptr, &number, nullptr, nullptr, nullptr);
  if (file == nullptr || number <= 0) return {};
  result.line = static_cast<unsigned>(number);
  const char* folder = *file == '/' ? nullptr : dwfl_line_comp_dir(line);
  result.file = folder == nullptr ? file : std::string(folder) + "/" + file;
  return result;
}

std::vector<std::string> CodeObject::inlined(std::uint64_t address) {
  find_debug_information();
  if (debug_->dwarf == nullptr) return {};
  Dwarf_Addr bias = 0;
  Dwarf_Die* unit = dwfl_module_addrdie(debug_->module, address + debug_->bias, &bias);
  if (unit == nullptr) return {};
  auto& found = debug_->inlined[dwarf_dieoffset(unit)];
  if (found == nullptr) found = std::make_unique<InlinedCode>(*unit);
  return found->at(address + debug_->bias - bias);
}

}  // namespace m2sim::cmd
