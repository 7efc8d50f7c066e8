#include "cmd/timeline/row_text.h"

#include <fmt/format.h>

#include "cmd/console/terminal.h"
#include "insts/disasm.h"
#include "timing/config/field_text.h"
#include "timing/probe/timeline.h"

namespace m2sim::cmd {

std::string RowText::instruction(std::uint64_t pc) const {
  std::uint32_t word = 0;
  return machine_.memory().read_value(pc, word) ? insts::disassemble(word, pc) : std::string("?");
}

std::string RowText::with_address(std::uint64_t pc) const {
  return fmt::format("{:x}  {}", pc, instruction(pc));
}

std::string RowText::port(unsigned port) const {
  return std::string(timing::text_of(config_.ports[port].name));
}

std::string RowText::left(const timing::TracedUop& uop) const {
  if (uop.insts > 1) return fmt::format("{} + {}", with_address(uop.pc - 4), instruction(uop.pc));
  return with_address(uop.pc) + (uop.insts == 0 ? " (part)" : "");
}

std::string RowText::hover(const timing::TracedUop& uop) {
  auto place = places_.find(uop.pc);
  if (place == places_.end()) place = places_.emplace(uop.pc, printable(machine_.describe(uop.pc))).first;
  std::string text = place->second;
  text += uop.eliminated ? ", done at rename" : ", port " + port(uop.port);
  if (const std::string wait = text_of(timing::longest_wait(uop)); !wait.empty()) text += ", waited: " + wait;
  return text;
}

}  // namespace m2sim::cmd
