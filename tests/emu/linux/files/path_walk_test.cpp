// Names of files: the sysroot laid over the host, and no way past /proc to the simulator.
#include "emu/linux/files/path_walk.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/emu/guest_machine.h"

namespace m2sim::emu {
namespace {

namespace fs = std::filesystem;
namespace nr = testing::nr;
using testing::GuestMachine;
using testing::kCwd;

constexpr std::uint64_t kBuffer = GuestMachine::kScratch + 8192;
constexpr std::uint64_t kDirectoryFlag = 040000;  // arm64's
constexpr std::uint64_t kNoFollow = 0100000;
constexpr std::uint64_t kRemoveDirectory = 0x200;

// Two trees in a directory that goes with the test: `root` is the sysroot, and `host` has the same name in
// the guest's eyes as root/<where host is>.
class Trees {
 public:
  Trees() {
    std::string name = ::testing::TempDir() + "pathsXXXXXX";
    base_ = fs::canonical(::mkdtemp(name.data())).string();
    fs::create_directories(root());
    fs::create_directories(host());
  }
  ~Trees() { fs::remove_all(base_); }
  Trees(const Trees&) = delete;
  Trees& operator=(const Trees&) = delete;

  std::string root() const { return base_ + "/root"; }
  std::string host() const { return base_ + "/host"; }
  // The directory of the sysroot that lies over host().
  std::string over() const { return root() + host(); }

  static void write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
  }

  MachineOptions options() const {
    MachineOptions options;
    options.sysroot = root();
    return options;
  }

 private:
  std::string base_;
};

class Guest : public GuestMachine {
 public:
  using GuestMachine::GuestMachine;

  std::int64_t open(const std::string& name, std::uint64_t flags = O_RDONLY, std::uint64_t directory = kCwd) {
    return call(nr::openat, {directory, text(0, name), flags, 0644});
  }
  // The file's text, or the error's name.
  std::string read(const std::string& name, std::uint64_t directory = kCwd) {
    const std::int64_t fd = open(name, O_RDONLY, directory);
    if (fd < 0) return ::strerrorname_np(static_cast<int>(-fd));
    constexpr std::uint64_t kMost = 8000;
    const std::int64_t length = call(nr::read, {static_cast<std::uint64_t>(fd), kBuffer, kMost});
    call(nr::close, {static_cast<std::uint64_t>(fd)});
    if (length < 0) return ::strerrorname_np(static_cast<int>(-length));
    std::string result(static_cast<std::size_t>(length), '\0');
    memory().read(kBuffer, result.data(), result.size());
    return result;
  }
  void write(const std::string& name, const std::string& content, std::uint64_t directory = kCwd) {
    const std::int64_t fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, directory);
    ASSERT_GE(fd, 0) << name;
    call(nr::write, {static_cast<std::uint64_t>(fd), text(4096, content), content.size()});
    call(nr::close, {static_cast<std::uint64_t>(fd)});
  }
  std::string link(const std::string& name) {
    const std::int64_t length = call(nr::readlinkat, {kCwd, text(0, name), kBuffer, 4096});
    if (length < 0) return ::strerrorname_np(static_cast<int>(-length));
    return get_text(kBuffer).substr(0, static_cast<std::size_t>(length));
  }
};

TEST(GuestPaths, LinksAndDotsStayInTheSysroot) {
  const Trees trees;
  Trees::write(trees.root() + "/etc/target", "inside");
  Trees::write(trees.host() + "/target", "outside");
  fs::create_directories(trees.root() + "/a/b");
  fs::create_symlink("/etc/target", trees.root() + "/a/absolute");
  fs::create_symlink("../../../../../../../etc/target", trees.root() + "/a/b/climbing");
  fs::create_directory_symlink("/etc", trees.root() + "/a/folder");
  fs::create_symlink("loop2", trees.root() + "/a/loop1");
  fs::create_symlink("loop1", trees.root() + "/a/loop2");
  Guest guest(trees.options());
  EXPECT_EQ(guest.read("/a/absolute"), "inside");
  EXPECT_EQ(guest.read("/a/b/climbing"), "inside");
  EXPECT_EQ(guest.read("/a/folder/target"), "inside");
  EXPECT_EQ(guest.read("/a/folder/../etc/target"), "inside");
  EXPECT_EQ(guest.read("/../../etc/target"), "inside");
  EXPECT_EQ(guest.read("/a/b/../../../etc/target"), "inside");
  EXPECT_EQ(guest.read("/a/loop1"), "ELOOP");
  EXPECT_EQ(guest.read("/etc/target/"), "ENOTDIR");
  EXPECT_EQ(guest.read("/etc/target/x"), "ENOTDIR");
  EXPECT_EQ(guest.read(trees.host() + "/target"), "outside") << "not in the sysroot: the host's";
  EXPECT_EQ(guest.open("/a/absolute", kNoFollow), -ELOOP);
  EXPECT_EQ(guest.link("/a/absolute"), "/etc/target");
  // What exists in both is the sysroot's, also through a link of the host.
  fs::create_symlink("/etc/target", trees.host() + "/to_etc");
  EXPECT_EQ(guest.read(trees.host() + "/to_etc"), "inside");
}

TEST(GuestPaths, RelativeNamesMeanTheSameAsAbsoluteOnes) {
  const Trees trees;
  Trees::write(trees.over() + "/sub/mine", "inside");
  Trees::write(trees.host() + "/sub/mine", "outside");
  Trees::write(trees.host() + "/sub/yours", "yours");
  Trees::write(trees.root() + "/top", "top");
  Guest guest(trees.options());
  const auto sub = static_cast<std::uint64_t>(guest.open(trees.host() + "/sub", kDirectoryFlag));
  EXPECT_EQ(guest.read("mine", sub), "inside");
  EXPECT_EQ(guest.read("yours", sub), "yours");
  EXPECT_EQ(guest.read("../sub/mine", sub), "inside");
  EXPECT_EQ(guest.read("../../../../../../../../top", sub), "top");
  ASSERT_EQ(guest.call(nr::chdir, {guest.text(0, trees.host() + "/sub")}), 0);
  EXPECT_EQ(guest.read("mine"), "inside");
  EXPECT_EQ(guest.read("./yours"), "yours");
  EXPECT_EQ(guest.call(nr::getcwd, {kBuffer, 4096}),
            static_cast<std::int64_t>(trees.host().size() + std::string("/sub").size() + 1));
  EXPECT_EQ(guest.get_text(kBuffer), trees.host() + "/sub") << "without the sysroot";
  EXPECT_EQ(guest.link("/proc/self/cwd"), trees.host() + "/sub");
  EXPECT_EQ(guest.link("/proc/self/fd/" + std::to_string(sub)), trees.host() + "/sub");
  ASSERT_EQ(guest.call(nr::chdir, {guest.text(0, "../..")}), 0);
  EXPECT_EQ(guest.open("host/sub/mine"), static_cast<std::int64_t>(sub) + 1);
}

TEST(GuestPaths, NewFilesGoToTheHostUnlessOnlyTheSysrootHasTheirDirectory) {
  const Trees trees;
  fs::create_directories(trees.root() + "/only");
  fs::create_directories(trees.over());
  Guest guest(trees.options());
  guest.write("/only/new", "1");
  EXPECT_TRUE(fs::exists(trees.root() + "/only/new"));
  guest.write(trees.host() + "/new", "2");
  EXPECT_TRUE(fs::exists(trees.host() + "/new"));
  EXPECT_FALSE(fs::exists(trees.over() + "/new"));
  const auto directory = static_cast<std::uint64_t>(guest.open(trees.host(), kDirectoryFlag));
  guest.write("listed", "3", directory);
  EXPECT_TRUE(fs::exists(trees.over() + "/listed")) << "the open directory is the sysroot's";
  fs::create_symlink("/only/through", trees.root() + "/only/dangling");
  guest.write("/only/dangling", "4");
  EXPECT_EQ(guest.read("/only/through"), "4");
  EXPECT_EQ(guest.open("/only/dangling", O_CREAT | O_EXCL | O_WRONLY), -EEXIST);
  EXPECT_EQ(guest.open("/nowhere/new", O_CREAT | O_WRONLY), -ENOENT);
}

TEST(GuestPaths, EveryCallThatChangesNamesResolvesThem) {
  const Trees trees;
  fs::create_directories(trees.root() + "/d");
  Guest guest(trees.options());
  const auto name = [&guest](std::uint64_t at, const std::string& text) { return guest.text(at, text); };
  EXPECT_EQ(guest.call(nr::mkdirat, {kCwd, name(0, "/d/e/"), 0755}), 0);
  EXPECT_TRUE(fs::is_directory(trees.root() + "/d/e"));
  guest.write("/d/e/f", "text");
  EXPECT_EQ(guest.call(nr::symlinkat, {name(0, "/d/e/f"), kCwd, name(1000, "/d/link")}), 0);
  EXPECT_EQ(guest.read("/d/link"), "text");
  constexpr std::uint64_t kLinkat = 37;
  constexpr std::uint64_t kRenameat = 38;
  constexpr std::uint64_t kTruncate = 45;
  EXPECT_EQ(guest.call(kLinkat, {kCwd, name(0, "/d/link"), kCwd, name(1000, "/d/hard"), 0}), 0);
  EXPECT_TRUE(fs::is_symlink(trees.root() + "/d/hard"));
  EXPECT_EQ(guest.call(kLinkat, {kCwd, name(0, "/d/link"), kCwd, name(1000, "/d/harder"), 0x400}), 0);
  EXPECT_EQ(fs::hard_link_count(trees.root() + "/d/e/f"), 2U);
  EXPECT_EQ(guest.call(kRenameat, {kCwd, name(0, "/d/link"), kCwd, name(1000, "/d/e/moved")}), 0);
  EXPECT_TRUE(fs::is_symlink(trees.root() + "/d/e/moved"));
  EXPECT_EQ(guest.call(kTruncate, {name(0, "/d/e/moved"), 2}), 0);
  EXPECT_EQ(guest.read("/d/e/f"), "te");
  EXPECT_EQ(guest.call(nr::unlinkat, {kCwd, name(0, "/d/e/."), kRemoveDirectory}), -EINVAL);
  EXPECT_EQ(guest.call(nr::unlinkat, {kCwd, name(0, "/d/e/moved"), 0}), 0);
  EXPECT_EQ(guest.call(nr::unlinkat, {kCwd, name(0, "/d/e/f"), 0}), 0);
  EXPECT_EQ(guest.call(nr::unlinkat, {kCwd, name(0, "/d/e/"), kRemoveDirectory}), 0);
  EXPECT_FALSE(fs::exists(trees.root() + "/d/e"));
}

TEST(GuestPaths, ADeletedDirectoryIsOnlyItself) {
  const Trees trees;
  fs::create_directories(trees.host() + "/gone");
  Guest guest;
  ASSERT_EQ(guest.call(nr::chdir, {guest.text(0, trees.host() + "/gone")}), 0);
  fs::remove(trees.host() + "/gone");
  EXPECT_EQ(guest.open(".", kDirectoryFlag), 3);
  EXPECT_EQ(guest.open("new", O_CREAT | O_WRONLY), -ENOENT);
  EXPECT_EQ(guest.open("../x", O_CREAT | O_WRONLY), -ENOENT);
  EXPECT_EQ(guest.call(nr::getcwd, {kBuffer, 4096}), -ENOENT);
}

// Each of these names leads to the guest's own /proc, or nowhere.
TEST(GuestPaths, NoNameLeadsToTheHostsProc) {
  const Trees trees;
  fs::create_directory_symlink("/proc", trees.host() + "/to_proc");
  fs::create_symlink("/proc/self/status", trees.host() + "/to_status");
  Guest guest;
  const std::string host_pid = std::to_string(::getpid());
  const auto root = static_cast<std::uint64_t>(guest.open("/", kDirectoryFlag));
  const auto proc = static_cast<std::uint64_t>(guest.open("proc", kDirectoryFlag, root));
  const auto self = static_cast<std::uint64_t>(guest.open("self", kDirectoryFlag, proc));
  const auto fd = static_cast<std::uint64_t>(guest.open("/proc/self/fd", kDirectoryFlag));
  const std::string comm = guest.read("/proc/self/comm");
  EXPECT_EQ(comm, "tiny\n");
  std::string up = "/proc/self/cwd/";
  for (int i = 0; i < 100; ++i) up += "../";  // from any depth
  for (const std::string& name :
       {std::string("/proc//self/../self/comm"), std::string("/proc/thread-self/comm"),
        std::string("/proc/self/task/1000/comm"), std::string("/proc/1000/root/proc/1000/comm"),
        up + "proc/self/comm"}) {
    EXPECT_EQ(guest.read(name), comm) << name;
  }
  EXPECT_EQ(guest.read("comm", self), comm);
  EXPECT_EQ(guest.read("../../1000/comm", fd), comm);
  EXPECT_EQ(guest.read("proc/self/comm", root), comm);
  EXPECT_EQ(guest.read(trees.host() + "/to_proc/self/comm"), comm);
  EXPECT_NE(guest.read(trees.host() + "/to_status").find("Pid:\t1000\n"), std::string::npos);
  for (const std::string& name :
       {"/proc/" + host_pid + "/comm", "/proc/self/task/" + host_pid + "/comm", std::string("/proc/1/comm"),
        std::string("/proc/kallsyms"), std::string("/sys/class/net"), std::string("/proc/01000/comm")}) {
    EXPECT_EQ(guest.read(name), "ENOENT") << name;
  }
  EXPECT_EQ(guest.open("/proc/self/task/1000/pagemap", O_RDWR), -EACCES);
  constexpr int kFarAway = 500;
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int secret = ::fcntl(null, F_DUPFD_CLOEXEC, kFarAway);
  ::close(null);
  EXPECT_EQ(guest.open(std::to_string(secret), O_RDONLY, fd), -ENOENT) << "the simulator's own descriptor";
  ::close(secret);
}

TEST(GuestPaths, DescriptorsOpenAgainByName) {
  Guest guest;
  const std::string path = guest.directory.file("data", {});
  const std::int64_t fd = guest.open(path, O_RDWR);
  guest.call(nr::write, {static_cast<std::uint64_t>(fd), guest.text(4096, "again"), 5});
  ASSERT_EQ(::unlink(path.c_str()), 0);
  const std::string number = std::to_string(fd);
  for (const char* directory : {"/proc/self/fd/", "/dev/fd/", "/proc/1000/task/1000/fd/"}) {
    EXPECT_EQ(guest.read(directory + number), "again") << "though it has no name any more";
  }
  EXPECT_EQ(guest.link("/proc/self/fd/" + number), path + " (deleted)");
  EXPECT_EQ(guest.open("/proc/self/fd/" + number + "/x"), -ENOTDIR);
  ASSERT_EQ(guest.call(nr::pipe2, {kBuffer, 0}), 0);
  const auto end = guest.get<std::uint32_t>(kBuffer);
  EXPECT_EQ(guest.link("/proc/self/fd/" + std::to_string(end)), "pipe:[10000]");
  ASSERT_EQ(guest.call(nr::fstat, {end, kBuffer}), 0);
  EXPECT_EQ(guest.get<std::uint64_t>(kBuffer + 8), 10000U) << "the same number";
}

// Opening one end waits for the other, within the simulator: the host's open would wait for ever.
TEST(GuestPaths, NamedPipesOpenWithoutTheHostWaiting) {
  Guest guest;
  const std::string path = guest.directory.file("fifo");
  constexpr std::uint64_t kNonblocking = O_NONBLOCK;
  constexpr std::uint64_t kMknodat = 33;
  ASSERT_EQ(guest.call(kMknodat, {kCwd, guest.text(0, path), S_IFIFO | 0600, 0}), 0);
  EXPECT_EQ(guest.open(path, O_WRONLY | kNonblocking), -ENXIO);
  const auto reader = static_cast<std::uint64_t>(guest.open(path, O_RDONLY | kNonblocking));
  const auto writer = static_cast<std::uint64_t>(guest.open(path, O_WRONLY));
  EXPECT_EQ(guest.call(nr::write, {writer, guest.text(4096, "x"), 1}), 1);
  EXPECT_EQ(guest.call(nr::read, {reader, kBuffer, 10}), 1);
  EXPECT_EQ(guest.call(nr::read, {reader, kBuffer, 10}), -EAGAIN);
  EXPECT_GE(guest.open(path), 3) << "a guest has it open for writing";
}

TEST(GuestPaths, AProgramOfTheHostIsNotThereBeneathASysroot) {
  const Trees trees;
  Guest guest(trees.options());
  constexpr std::uint64_t kExecve = 221;
  std::string host_program(4096, '\0');
  const ssize_t length = ::readlink("/proc/self/exe", host_program.data(), host_program.size());
  ASSERT_GT(length, 0);
  host_program.resize(static_cast<std::size_t>(length));
  EXPECT_EQ(guest.call(kExecve, {guest.text(0, host_program), 0, 0}), -ENOENT);
  Guest without;
  EXPECT_EQ(without.call(kExecve, {without.text(0, host_program), 0, 0}), -ENOEXEC);
}

}  // namespace
}  // namespace m2sim::emu
