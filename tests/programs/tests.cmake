# Guest programs under the simulator. All but `smoke` are only added where the guest programs are built or
# named by -DM2SIM_GUEST_DIR, and where there is a simulator to run them.
set(programs_dir ${CMAKE_CURRENT_LIST_DIR})
set(debugged_guest ${CMAKE_CURRENT_BINARY_DIR}/debugged_guest/debugged)

# m2sim_program_test(name script arguments...)
function(m2sim_program_test name script)
  add_test(NAME programs.${name}
           COMMAND ${Python3_EXECUTABLE} ${programs_dir}/${script} --programs ${M2SIM_GUEST_PROGRAMS} ${ARGN})
  set_tests_properties(programs.${name} PROPERTIES LABELS programs TIMEOUT 1800 PROCESSORS 2
                                                   ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
endfunction()

add_test(NAME programs.self_test COMMAND ${Python3_EXECUTABLE} ${programs_dir}/self_test.py)
set_tests_properties(programs.self_test PROPERTIES LABELS programs TIMEOUT 60)

if(M2SIM_BENCHMARKS)
  m2sim_program_test(checksums check_suite.py)
endif()

if(M2SIM_BENCHMARKS AND TARGET m2sim)
  set(debian_dir ${PROJECT_BINARY_DIR}/debian)
  add_test(NAME programs.fetch_debian COMMAND ${programs_dir}/fetch_debian_arm64.sh ${debian_dir})
  set_tests_properties(programs.fetch_debian PROPERTIES LABELS programs TIMEOUT 600 FIXTURES_SETUP debian)

  m2sim_program_test(same_as_qemu compare_qemu.py --debian ${debian_dir})
  set_tests_properties(programs.same_as_qemu PROPERTIES FIXTURES_REQUIRED debian)

  # Blocks are handlers at first and machine code from their third execution on.
  m2sim_program_test(corpus compare_corpus.py --sysroot ${debian_dir} --quick --jit 3)
  m2sim_program_test(corpus_modes corpus_modes.py --sysroot ${debian_dir} --filter
                     "shells: static bash jobs|coreutils: pipeline|python3: threads|sqlite3: transactions")
  m2sim_program_test(servers servers_check.py --sysroot ${debian_dir})
  m2sim_program_test(debuggers debuggers_check.py --sysroot ${debian_dir} --debugged ${debugged_guest})
  m2sim_program_test(phased phased_check.py --debian ${debian_dir})
  set_tests_properties(programs.corpus programs.corpus_modes programs.servers programs.debuggers programs.phased
                       PROPERTIES FIXTURES_REQUIRED debian)

  # Of the whole table (docs/sampling.md) what takes half a minute.
  m2sim_program_test(sampled sampled_check.py --filter "^(2mm|copy_l1|crc32|matmul_double)$" --seeds 5 --limit 60M
                     --least 80 --most 4)
  m2sim_program_test(layout layout_check.py)
  m2sim_program_test(timing_modes modes_check.py)
  m2sim_program_test(annotate annotate_check.py)
  m2sim_program_test(profile profile_check.py)
  # One program at a time, whatever else runs.
  set_tests_properties(programs.profile PROPERTIES PROCESSORS 1)
  m2sim_program_test(smoke compare_qemu.py --filter "suite (dependency|branchheavy|gemm|sieve|nbody|string_mix)$")
  m2sim_program_test(smoke_timing modes_check.py --filter "^(dependency|vectoradd)$")
  set_tests_properties(programs.smoke programs.smoke_timing PROPERTIES LABELS "programs;smoke")
endif()

# The small C programs of guests/: what the emulated kernel does for threads, processes, signals and files.
find_program(M2SIM_GUEST_GCC aarch64-linux-gnu-gcc REQUIRED)
set(kernel_guest_dir ${CMAKE_CURRENT_BINARY_DIR}/kernel_guests)
file(GLOB kernel_guest_sources CONFIGURE_DEPENDS ${programs_dir}/guests/*.c)
set(kernel_guests)
foreach(source IN LISTS kernel_guest_sources)
  get_filename_component(name ${source} NAME_WE)
  add_custom_command(
    OUTPUT ${kernel_guest_dir}/${name}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${kernel_guest_dir}
    COMMAND ${M2SIM_GUEST_GCC} -O1 -static -std=gnu11 -pthread -Wall -Wextra -Werror -Wno-unused-result
            -o ${kernel_guest_dir}/${name} ${source}
    DEPENDS ${source} ${programs_dir}/guests/check.h
    VERBATIM)
  list(APPEND kernel_guests ${kernel_guest_dir}/${name})
endforeach()
set(wild_guest ${CMAKE_CURRENT_BINARY_DIR}/wild_guest/wild_calls)
add_custom_command(
  OUTPUT ${wild_guest}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/wild_guest
  COMMAND ${M2SIM_GUEST_GCC} -O1 -static -std=gnu11 -Wall -Wextra -Werror -o ${wild_guest}
          ${programs_dir}/wild/wild_calls.c
  DEPENDS ${programs_dir}/wild/wild_calls.c
  VERBATIM)
# Its debug information names the source as it is named here.
add_custom_command(
  OUTPUT ${debugged_guest}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/debugged_guest
  COMMAND ${M2SIM_GUEST_GCC} -O0 -g -static -std=gnu11 -pthread -Wall -Wextra -Werror -o ${debugged_guest} debugged.c
  DEPENDS ${programs_dir}/debugged/debugged.c
  WORKING_DIRECTORY ${programs_dir}/debugged
  VERBATIM)
add_custom_target(kernel_test_guests ALL DEPENDS ${kernel_guests} ${wild_guest} ${debugged_guest})
if(TARGET m2sim)
  add_test(NAME programs.kernel COMMAND ${Python3_EXECUTABLE} ${programs_dir}/kernel_check.py
                                        --guests ${kernel_guest_dir})
  set_tests_properties(programs.kernel PROPERTIES LABELS programs TIMEOUT 600 PROCESSORS 2
                                                  ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
  add_test(NAME programs.wild_calls COMMAND ${Python3_EXECUTABLE} ${programs_dir}/wild_check.py --guest ${wild_guest})
  set_tests_properties(programs.wild_calls PROPERTIES LABELS "programs;smoke" TIMEOUT 600
                                                      ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
endif()
