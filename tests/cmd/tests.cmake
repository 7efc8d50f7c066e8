# The executable from outside: what it says and how it exits.
find_program(M2SIM_GUEST_CC NAMES aarch64-linux-gnu-gcc)
foreach(script annotate bad_input calibrate calibrate_check calibrate_check_page calibrate_fit calibrate_scaling check checkpoints clock compare verify guest_faults end_to_end help history ingest intervals reading report
        library_regions phases regions running sampling snippet sweep sweep_queues sweep_survival timeline)
  add_test(NAME cmd.${script} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/${script}.py)
  set_tests_properties(
    cmd.${script} PROPERTIES LABELS programs TIMEOUT 300
                             ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT};M2SIM_GUEST_CC=${M2SIM_GUEST_CC}")
endforeach()

set(perftools 0)
if(M2SIM_HAS_PERFTOOLS)
  set(perftools 1)
endif()
add_test(NAME cmd.profile_command COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/profile_command.py)
set_tests_properties(
  cmd.profile_command
  PROPERTIES LABELS programs TIMEOUT 300
             ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT};M2SIM_GUEST_CC=${M2SIM_GUEST_CC};M2SIM_PERFTOOLS=${perftools}")

# The same program but for one file, built with -DM2SIM_TEST_SLOWDOWN: a regression to be noticed.
if(TARGET m2sim)
  add_executable(m2sim_slowed ${PROJECT_SOURCE_DIR}/cmd/main.cpp ${PROJECT_SOURCE_DIR}/timing/run/simulate_fast_timing.cpp)
  target_compile_definitions(m2sim_slowed PRIVATE M2SIM_TEST_SLOWDOWN=1)
  target_link_libraries(m2sim_slowed PRIVATE m2sim_cmd)
  add_test(NAME cmd.slowdown COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/slowdown.py)
  set_tests_properties(
    cmd.slowdown PROPERTIES LABELS programs TIMEOUT 600 PROCESSORS 2
                            ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT};M2SIM_GUEST_CC=${M2SIM_GUEST_CC};M2SIM_SLOWED=$<TARGET_FILE:m2sim_slowed>")
endif()
