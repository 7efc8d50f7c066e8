// Pseudo-terminals of the guest: the host's line discipline between two ends that are both the guest's, and
// what Linux's job control adds, which the host cannot do for processes that it does not know. Their numbers
// are the host's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace m2sim::emu {

class Kernel;
struct OpenFile;
struct Process;

struct Pty {
  std::string name;  // of the slave
  std::uint64_t device = 0;
  std::weak_ptr<OpenFile> master;
  std::vector<std::weak_ptr<OpenFile>> slaves;
  int session = 0;     // whose controlling terminal it is; 0: nobody's
  int foreground = 0;  // process group; 0: none
};

// A character device has been opened. What it is of a pseudo-terminal, it becomes; `takes`: a session leader
// without a terminal gets this one.
void adopt_terminal(Process& process, const std::shared_ptr<OpenFile>& file, bool takes);
// The name of the session's terminal where it is one of these; empty: it has none of them.
std::string terminal_of(const Process& process);
// TIOCSCTTY; 0 or -errno.
std::int64_t take_terminal(Process& process, const std::shared_ptr<Pty>& pty, bool by_force);
void leave_terminal(Process& process);
// Bytes have been typed: some of them are signals.
void typed(Kernel& kernel, const OpenFile& master, std::span<const std::byte> bytes);
// The host moves what is written, and what is echoed, by a worker of its own. Behind every write to an end:
// waits for it, lest a guest should see how fast it is. `before`: what waited at the master before the write.
void settle(const OpenFile& end, int before);
int waiting_at_master(const Pty& pty);  // bytes
// Whether a read ends only where the buffer or the input does, and not behind a line.
bool reads_on(const OpenFile& end);
// TIOCSIG; 0 or -errno.
std::int64_t signal_foreground(Kernel& kernel, const Pty& pty, int signal);
// The window has changed its size.
void resized(Kernel& kernel, const Pty& pty);
// Tells the sessions of terminals whose master is gone.
void hang_up(Kernel& kernel);

}  // namespace m2sim::emu
