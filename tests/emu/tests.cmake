# The small guest programs of the emulator's tests, one a source file.
find_program(M2SIM_GUEST_GCC aarch64-linux-gnu-gcc REQUIRED)
file(GLOB guest_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/guests/*.s)
set(guest_programs)
foreach(source IN LISTS guest_sources)
  get_filename_component(name ${source} NAME_WE)
  set(program ${CMAKE_CURRENT_BINARY_DIR}/guests/${name})
  add_custom_command(
    OUTPUT ${program}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/guests
    COMMAND ${M2SIM_GUEST_GCC} -nostdlib -static -o ${program} ${source}
    DEPENDS ${source}
    VERBATIM)
  list(APPEND guest_programs ${program})
endforeach()
add_custom_target(emu_test_guests ALL DEPENDS ${guest_programs})
foreach(target tests_emu tests_timing)
  if(TARGET ${target})
    add_dependencies(${target} emu_test_guests)
  endif()
endforeach()
