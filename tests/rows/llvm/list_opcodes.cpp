// Names every opcode that LLVM's disassembler gives to a word of a range; llvm_opcodes.py --sweep compiles
// and runs it, since only this list needs LLVM's headers.
//
// usage: list_opcodes FEATURES FIRST LAST     (words in hexadecimal)

#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  LLVMInitializeAArch64TargetInfo();
  LLVMInitializeAArch64TargetMC();
  LLVMInitializeAArch64Disassembler();
  const std::string name = "aarch64-linux-gnu";
  std::string error;
  const llvm::Target* const target = llvm::TargetRegistry::lookupTarget(name, error);
  if (target == nullptr) return 2;
  const std::unique_ptr<llvm::MCRegisterInfo> registers(target->createMCRegInfo(name));
  const std::unique_ptr<llvm::MCAsmInfo> assembly(
      target->createMCAsmInfo(*registers, name, llvm::MCTargetOptions()));
  const std::unique_ptr<llvm::MCInstrInfo> instructions(target->createMCInstrInfo());
  const std::unique_ptr<llvm::MCSubtargetInfo> core(target->createMCSubtargetInfo(name, "generic", argv[1]));
  llvm::MCContext context(llvm::Triple(name), assembly.get(), registers.get(), core.get());
  const std::unique_ptr<llvm::MCDisassembler> disassembler(target->createMCDisassembler(*core, context));
  std::vector<bool> found(instructions->getNumOpcodes());
  const std::uint64_t last = std::strtoull(argv[3], nullptr, 16);
  for (std::uint64_t i = std::strtoull(argv[2], nullptr, 16); i <= last; ++i) {
    const auto word = static_cast<std::uint32_t>(i);
    std::uint8_t bytes[sizeof(word)];
    std::memcpy(bytes, &word, sizeof(word));
    llvm::MCInst inst;
    std::uint64_t size = 0;
    if (disassembler->getInstruction(inst, size, bytes, 0, llvm::nulls()) != llvm::MCDisassembler::Fail)
      found[inst.getOpcode()] = true;
  }
  for (unsigned i = 0; i < found.size(); ++i) {
    if (found[i]) std::printf("%s\n", instructions->getName(i).str().c_str());
  }
  return 0;
}
