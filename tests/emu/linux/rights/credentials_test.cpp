// What becomes of rights when a process becomes somebody else, and who opens files meanwhile.
#include "emu/linux/rights/credentials.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace m2sim::emu {
namespace {

constexpr std::uint64_t kAll = (std::uint64_t{1} << kCapabilityCount) - 1;
constexpr std::uint32_t kUser = 4242;

Credentials root() {
  Credentials who;
  who.set_user({0, 0, 0, 0});
  who.set_capabilities({kAll, kAll, 0, kAll, 0});
  return who;
}

TEST(Credentials, WhoeverLeavesRootForGoodHasNoRights) {
  Credentials who = root();
  who.set_user({kUser, kUser, kUser, kUser});
  EXPECT_EQ(who.capabilities().permitted, 0U);
  EXPECT_EQ(who.capabilities().effective, 0U);
  EXPECT_EQ(who.capabilities().bounding, kAll);
  EXPECT_FALSE(who.dumpable);
}

TEST(Credentials, WhoeverMayComeBackHasThemThen) {
  Credentials who = root();
  who.set_user({0, kUser, 0, kUser});
  EXPECT_FALSE(who.may(Capability::kSetuid));
  EXPECT_EQ(who.capabilities().permitted, kAll);
  who.set_user({0, 0, 0, 0});
  EXPECT_EQ(who.capabilities().effective, kAll);
}

TEST(Credentials, OnlyThoseAboutFilesFollowTheUserOfFiles) {
  Credentials who = root();
  who.set_user({0, 0, 0, kUser});
  EXPECT_FALSE(who.may(Capability::kFowner));
  EXPECT_FALSE(who.may(Capability::kDacOverride));
  EXPECT_TRUE(who.may(Capability::kKill));
  who.set_user({0, 0, 0, 0});
  EXPECT_TRUE(who.may(Capability::kFowner));
}

TEST(Credentials, ThePermittedAreKeptOnRequestUntilTheNextProgram) {
  Credentials who = root();
  who.keeps_capabilities = true;
  who.set_user({kUser, kUser, kUser, kUser});
  EXPECT_EQ(who.capabilities().permitted, kAll);
  EXPECT_EQ(who.capabilities().effective, 0U);
  who.executes();
  EXPECT_EQ(who.capabilities().permitted, 0U);
  EXPECT_FALSE(who.keeps_capabilities);
  EXPECT_TRUE(who.dumpable);
}

TEST(Credentials, AProgramThatRootStartsHasWhatIsNotDropped) {
  Credentials who = root();
  who.set_capabilities({1, 1, 0, 7, 0});
  who.executes();
  EXPECT_EQ(who.capabilities().permitted, 7U);
  EXPECT_EQ(who.capabilities().effective, 7U);
  who.set_user({kUser, 0, 0, 0});
  who.executes();
  EXPECT_EQ(who.user(), (Identity{kUser, 0, 0, 0}));
}

TEST(Credentials, AnotherUsersMemoryIsHis) {
  Credentials user = root();
  user.set_user({kUser, kUser, kUser, kUser});
  user.executes();
  EXPECT_TRUE(root().may_trace(user));
  EXPECT_FALSE(user.may_trace(root()));
  Credentials secret = user;
  secret.dumpable = false;
  EXPECT_TRUE(user.may_trace(user));
  EXPECT_FALSE(user.may_trace(secret));
}

// Root's becomes the user while it lasts; nobody else can, and says so.
TEST(ActingAs, FilesAreTheOtherUsers) {
  std::string folder = testing::TempDir() + "m2sim_rights_XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  ASSERT_EQ(::chmod(folder.c_str(), 0777), 0);
  const Credentials own = Credentials::of_host();
  const bool can = own.user().effective == 0 && own.may(Capability::kSetuid) && own.may(Capability::kSetgid);
  Credentials other = own;
  other.set_groups({});
  other.set_group({kUser, kUser, kUser, kUser});
  other.set_user({kUser, kUser, kUser, kUser});
  EXPECT_FALSE(other.hosts_files());
  const int directory = ::open(folder.c_str(), O_PATH | O_DIRECTORY);
  {
    const ActingAs acting(other);
    EXPECT_EQ(acting.ok(), can);
    if (can) ::close(::openat(directory, "made", O_CREAT | O_WRONLY, 0600));
    {
      const ActingAs meanwhile(own, other);
      EXPECT_EQ(meanwhile.ok(), can);
      EXPECT_EQ(static_cast<std::uint32_t>(::setfsuid(UINT32_MAX)), own.user().files);
    }
    EXPECT_EQ(static_cast<std::uint32_t>(::setfsuid(UINT32_MAX)), can ? kUser : own.user().files);
  }
  EXPECT_EQ(static_cast<std::uint32_t>(::setfsuid(UINT32_MAX)), own.user().files);
  EXPECT_EQ(Credentials::of_host().capabilities(), own.capabilities());
  EXPECT_EQ(Credentials::of_host().groups(), own.groups());
  struct stat status {};
  if (can) {
    EXPECT_EQ(::fstatat(directory, "made", &status, 0), 0);
    EXPECT_EQ(status.st_uid, kUser);
    ::unlinkat(directory, "made", 0);
  }
  ::close(directory);
  ::rmdir(folder.c_str());
}

}  // namespace
}  // namespace m2sim::emu
