// Open files whose owner gets a signal when something becomes possible with them (O_ASYNC).
#pragma once

#include <poll.h>

#include <memory>
#include <vector>

namespace m2sim::emu {

class Kernel;
struct OpenFile;

// Of an open file: whom its signals go to. F_SETOWN_EX's types.
struct AsyncState {
  enum class Owner : int { kThread = 0, kProcess = 1, kGroup = 2 };
  bool on = false;
  Owner type = Owner::kProcess;
  int owner = 0;        // 0: nobody
  int signal = 0;       // 0: SIGIO
  short seen = 0;       // what was possible when it was last looked at
  int bytes_seen = 0;   // that could be read then
  int descriptor = -1;  // by which the guest knows it: si_fd
};

class AsyncFiles {
 public:
  // From now on; what is possible already is no news.
  void add(const std::shared_ptr<OpenFile>& file);
  bool empty() const { return files_.empty(); }
  // Sends what is due.
  void look(Kernel& kernel);
  // Those that something outside the guest may make ready.
  void append_outside(std::vector<pollfd>& files) const;

 private:
  std::vector<std::weak_ptr<OpenFile>> files_;
};

}  // namespace m2sim::emu
