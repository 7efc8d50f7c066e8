// Files that m2sim writes: whole or not at all.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::cmd {

// It exists and is no regular file: a device, a pipe.
bool is_special(const std::string& path);

// Writes beside `path` under another name, then renames, so that a reader never sees half a file and a
// failure leaves the old one. A path that exists and is no regular file (/dev/stdout, a pipe) is
// written to directly. Throws UserError (status 125) when anything fails.
void write_file(const std::string& path, std::string_view text);

// The same through `temporary`, a name on the same file system that nobody else uses. When this returns the
// file is on the disk: it is whole after a loss of power, too.
void write_file_durably(const std::string& path, const std::string& temporary, std::string_view text);

// Throws UserError when write_file(path) is bound to fail, so that a long run need not end in one.
void require_writable(const std::string& path);

// The files that a command writes; empty ones are not wanted. Throws UserError where one of them cannot be
// written, and where it would overwrite another or one of `inputs`.
void require_outputs(std::initializer_list<std::string> outputs, const std::vector<std::string>& inputs = {});

// All of them, also where one throws UserError: the first that did is thrown when all have been called.
void write_each(std::initializer_list<std::function<void()>> writes);

// All of it to standard output; throws UserError when that is closed or full.
void write_stdout(std::string_view text);
// As far as it goes: there is nobody left to tell that standard error is closed.
void write_stderr(std::string_view text);

// The whole file; throws UserError when it cannot be read.
std::string read_file(const std::string& path);

}  // namespace m2sim::cmd
