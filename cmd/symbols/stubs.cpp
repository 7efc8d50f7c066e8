#include "cmd/symbols/stubs.h"

#include <gelf.h>

#include <cstring>
#include <map>
#include <string_view>

#include "insts/decode.h"
#include "insts/operands.h"

namespace m2sim::cmd {
namespace {

using insts::Inst;
using insts::Op;

constexpr std::uint32_t kBtiC = 0xd503245f;
constexpr std::uint64_t kPage = 4096;

// What the loader writes into the slots that stubs jump through, by the slot's address.
class Slots {
 public:
  Slots(Elf* elf, const std::function<std::string(std::uint64_t)>& function_at) : elf_(elf) {
    for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
         section = elf_nextscn(elf, section)) {
      GElf_Shdr header;
      if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_RELA) continue;
      Elf_Data* const data = elf_getdata(section, nullptr);
      if (data == nullptr || header.sh_entsize == 0) continue;
      const auto count = static_cast<int>(header.sh_size / header.sh_entsize);
      for (int i = 0; i < count; ++i) {
        GElf_Rela row;
        if (gelf_getrela(data, i, &row) == nullptr) continue;
        const auto type = GELF_R_TYPE(row.r_info);
        std::string name;
        if (type == R_AARCH64_JUMP_SLOT)
          name = symbol(header.sh_link, static_cast<int>(GELF_R_SYM(row.r_info)));
        if (type == R_AARCH64_IRELATIVE) name = function_at(static_cast<std::uint64_t>(row.r_addend));
        if (!name.empty()) names_[row.r_offset] = name + "@plt";
      }
    }
  }
  const std::string* at(std::uint64_t address) const {
    const auto found = names_.find(address);
    return found == names_.end() ? nullptr : &found->second;
  }
  bool empty() const { return names_.empty(); }

 private:
  std::string symbol(std::size_t table, int index) const {
    Elf_Scn* const section = elf_getscn(elf_, table);
    GElf_Shdr header;
    GElf_Sym row;
    if (section == nullptr || gelf_getshdr(section, &header) == nullptr) return "";
    Elf_Data* const data = elf_getdata(section, nullptr);
    if (data == nullptr || gelf_getsym(data, index, &row) == nullptr) return "";
    const char* const name = elf_strptr(elf_, header.sh_link, row.st_name);
    return name == nullptr ? "" : name;
  }

  Elf* elf_;
  std::map<std::uint64_t, std::string> names_;
};

// adrp x16, SLOT; ldr x17, [x16, SLOT]; add x16, x16, SLOT; br x17, perhaps behind a bti c.
void add_stubs(std::uint64_t address, const std::vector<Inst>& code, const Slots& slots,
               std::vector<Stub>& stubs) {
  const Inst landing = insts::decode(kBtiC);
  for (std::size_t i = 0; i + 1 < code.size(); ++i) {
    const Inst& page = code[i];
    const Inst& load = code[i + 1];
    if (page.op != Op::kADRP || load.op != Op::kLDR_uimm || load.rn != page.rd) continue;
    const std::uint64_t pc = address + 4 * i;
    const std::string* const name = slots.at(pc - pc % kPage + static_cast<std::uint64_t>(page.imm) +
                                             static_cast<std::uint64_t>(load.imm));
    if (name == nullptr) continue;
    std::size_t end = i + 2;
    while (end < code.size() && insts::flow_of(code[end - 1].op) != insts::Flow::kIndirect) ++end;
    stubs.push_back({i != 0 && code[i - 1] == landing ? pc - 4 : pc, address + 4 * end, *name});
  }
}

}  // namespace

std::vector<Stub> stubs_of(Elf* elf, const std::function<std::string(std::uint64_t)>& function_at) {
  std::vector<Stub> stubs;
  const Slots slots(elf, function_at);
  std::size_t names = 0;
  if (slots.empty() || elf_getshdrstrndx(elf, &names) != 0) return stubs;
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
       section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || (header.sh_flags & SHF_EXECINSTR) == 0) continue;
    const char* const name = elf_strptr(elf, names, header.sh_name);
    if (name == nullptr || std::string_view(name).find("plt") == std::string_view::npos) continue;
    const Elf_Data* const data = elf_rawdata(section, nullptr);
    if (data == nullptr) continue;
    std::vector<Inst> code(data->d_size / sizeof(std::uint32_t));
    for (std::size_t i = 0; i < code.size(); ++i) {
      std::uint32_t word = 0;
      std::memcpy(&word, static_cast<const char*>(data->d_buf) + sizeof(word) * i, sizeof(word));
      code[i] = insts::decode(word);
    }
    const std::size_t before = stubs.size();
    add_stubs(header.sh_addr, code, slots, stubs);
    // In front of the others: what looks a function up when it is called for the first time.
    if (stubs.size() > before && stubs[before].begin > header.sh_addr)
      stubs.push_back({header.sh_addr, stubs[before].begin, "lazy_binding@plt"});
  }
  return stubs;
}

}  // namespace m2sim::cmd
