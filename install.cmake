# `cmake --install`: the library with its public headers, what find_package(m2sim) reads, and the program.
# docs/library.md is for those who use it; tests/install proves that the headers are complete.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# Those meant for others come first in their line; the rest is what these include.
set(public_headers
    timing/run/simulation.h timing/run/figures.h timing/run/mode.h timing/run/observer.h
    timing/run/intervals.h timing/run/keeper.h timing/run/phase.h timing/run/regions.h timing/run/sampling.h timing/run/simpoints.h timing/run/watcher.h
    timing/run/block_vectors.h timing/phases/projection.h
    timing/config/config.h timing/config/fields.h timing/config/field_text.h
    timing/config/capabilities.inc timing/config/fields.inc
    timing/stats.h timing/stats.inc timing/stall.h
    emu/emulator.h emu/machine.h emu/machine_options.h emu/user_error.h emu/checkpoint.h emu/run_point.h
    emu/retired.h emu/run_clock.h emu/block.h
    emu/cpu/cpu_state.h emu/cpu/processor.h emu/cpu/fault.h emu/cpu/flags.h emu/cpu/stale_code.h
    emu/elf/elf.h emu/elf/format.h emu/elf/symbols.h
    emu/engine/block_cache.h emu/engine/block_end.h emu/engine/guest_access.h emu/engine/handler.h
    emu/engine/host_fault.h emu/engine/translate.h emu/engine/uop.h emu/engine/watch_list.h
    emu/linux/async_files.h emu/linux/code_map.h emu/linux/ipc.h emu/linux/kernel.h emu/linux/record_locks.h
    emu/linux/resource_limits.h emu/linux/rights/seccomp.h emu/linux/signals.h emu/linux/task.h emu/linux/timer.h
    emu/linux/tracing.h
    emu/memory/arena.h emu/memory/memory.h
    insts/inst.h insts/operands.h insts/system_register.h insts/disasm.h insts/op.h insts/timing_class.h
    insts/encodings.inc insts/encodings_fp_simd.inc)

# What a user of the library needs; our warnings and the host's instruction set stay ours. The public headers are
# laid out alike without -march, and leave nothing of floating point to their user's compiler.
add_library(m2sim_library INTERFACE)
target_link_libraries(m2sim_library INTERFACE m2sim_timing m2sim_emu m2sim_insts)
target_compile_features(m2sim_library INTERFACE cxx_std_20)
if(M2SIM_PORTABLE)
  target_compile_definitions(m2sim_library INTERFACE M2SIM_PORTABLE=1)
endif()
target_sources(m2sim_library INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${public_headers})
set_target_properties(m2sim_library PROPERTIES EXPORT_NAME m2sim)
foreach(part insts emu timing)
  set_target_properties(m2sim_${part} PROPERTIES EXPORT_NAME ${part})
endforeach()

# For guest programs, not for users of the library.
install(FILES ${PROJECT_SOURCE_DIR}/include/m2sim/markers.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/m2sim)

# Beside the program: its manual, and what makes shells complete its command line.
install(DIRECTORY ${PROJECT_BINARY_DIR}/manual/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${PROJECT_BINARY_DIR}/manual/m2sim DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${PROJECT_BINARY_DIR}/manual/_m2sim DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${PROJECT_BINARY_DIR}/manual/m2sim.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/m2sim)
install(TARGETS m2sim RUNTIME)
install(TARGETS m2sim_library m2sim_timing m2sim_emu m2sim_insts EXPORT m2simTargets
        ARCHIVE FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/m2sim)
install(EXPORT m2simTargets NAMESPACE m2sim:: DESTINATION ${package_dir})

file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/m2simConfig.cmake CONTENT [[include(CMakeFindDependencyMacro)
find_dependency(fmt)
find_library(M2SIM_CAPSTONE NAMES libcapstone.a capstone)
if(NOT M2SIM_CAPSTONE)
  set(m2sim_FOUND FALSE)
  set(m2sim_NOT_FOUND_MESSAGE "m2sim needs Capstone, which is not there")
  return()
endif()
if(NOT TARGET m2sim::capstone)
  add_library(m2sim::capstone UNKNOWN IMPORTED)
  set_target_properties(m2sim::capstone PROPERTIES IMPORTED_LOCATION ${M2SIM_CAPSTONE})
endif()
include("${CMAKE_CURRENT_LIST_DIR}/m2simTargets.cmake")
]] @ONLY)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/m2simConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/m2simConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/m2simConfigVersion.cmake
        DESTINATION ${package_dir})
