# Golden timelines: golden.py has the usage.
find_program(M2SIM_GUEST_GCC aarch64-linux-gnu-gcc REQUIRED)
set(golden_dir ${CMAKE_CURRENT_LIST_DIR})
set(golden_programs_dir ${CMAKE_CURRENT_BINARY_DIR}/golden)
file(GLOB golden_sources CONFIGURE_DEPENDS ${golden_dir}/*.s)
set(golden_programs)
foreach(source IN LISTS golden_sources)
  get_filename_component(name ${source} NAME_WE)
  add_custom_command(
    OUTPUT ${golden_programs_dir}/${name}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${golden_programs_dir}
    COMMAND ${M2SIM_GUEST_GCC} -nostdlib -static -Wa,-I,${golden_dir} -o ${golden_programs_dir}/${name} ${source}
    DEPENDS ${source} ${golden_dir}/loop.inc
    VERBATIM)
  list(APPEND golden_programs ${golden_programs_dir}/${name})
endforeach()
add_custom_target(golden_programs ALL DEPENDS ${golden_programs})

add_executable(timeline_tool ${golden_dir}/tool/timeline_tool.cpp)
target_link_libraries(timeline_tool PRIVATE m2sim_timing m2sim_emu m2sim_insts)
add_dependencies(timeline_tool golden_programs)
add_test(NAME golden.timelines COMMAND ${Python3_EXECUTABLE} ${golden_dir}/golden.py --tool $<TARGET_FILE:timeline_tool>
                                       --programs ${golden_programs_dir})
set_tests_properties(golden.timelines PROPERTIES LABELS unit TIMEOUT 300)

# All statistics of the suite are the same with a trace and without.
add_executable(trace_equality ${golden_dir}/tool/trace_equality.cpp)
target_link_libraries(trace_equality PRIVATE m2sim_timing m2sim_emu m2sim_insts)
if(M2SIM_BENCHMARKS AND NOT M2SIM_GUEST_DIR)
  add_test(NAME programs.trace_equality
           COMMAND ${Python3_EXECUTABLE} ${golden_dir}/trace_check.py
                   --programs ${PROJECT_BINARY_DIR}/benchmarks/guest)
  set_tests_properties(
    programs.trace_equality
    PROPERTIES LABELS programs TIMEOUT 1800 PROCESSORS 2
               ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT};M2SIM_TRACE_EQUALITY=$<TARGET_FILE:trace_equality>")
endif()
