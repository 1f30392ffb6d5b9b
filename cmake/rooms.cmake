# One CMake target per room: what a room may use is what its target links, so the linker keeps the layers.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
add_compile_options(-pthread)   # for all: gcc takes a precompiled header only under the flags it was built with
find_package(Threads REQUIRED)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)

add_library(nj_warnings INTERFACE)
target_compile_options(nj_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-declarations
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)   # g++ 12: false positives in std::string operator+
if(NIGHTJAR_SANITIZE)
  add_compile_options(-fsanitize=${NIGHTJAR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${NIGHTJAR_SANITIZE})
endif()

# mold links a test program in a quarter of the time that GNU ld takes, and there are over a hundred.
find_program(MOLD mold)
if(MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12.1)
  add_link_options(-fuse-ld=mold)
endif()

# Precompiled headers halve a build from nothing; they are off where ccache is to share objects between build folders.
option(NIGHTJAR_PCH "Precompile the headers that most files include" OFF)
# nj_precompile(KIND target [library…]): KIND core (standard library, fmt), widgets (and Qt's widgets), or a name ending in test (and Qt Test)
# or window_test (and Qt Widgets). The first target of a kind builds the header, which later ones with the same flags reuse: gcc refuses it
# under other definitions, so that the libraries named must be all that define something.
set(nj_core_headers <algorithm> <array> <chrono> <cstdint> <cstring> <functional> <map> <memory> <mutex> <optional> <set> <span> <string>
  <string_view> <unordered_map> <unordered_set> <utility> <variant> <vector> <fmt/format.h>)
# What many files of the window include, one by one: all of QtWidgets leaves half a second of templates to instantiate in every file.
set(nj_widgets_headers <QAbstractTableModel> <QAction> <QApplication> <QBoxLayout> <QComboBox> <QDateTime> <QHash> <QHeaderView> <QKeyEvent>
  <QLabel> <QLineEdit> <QMenu> <QPainter> <QPainterPath> <QPointer> <QPushButton> <QScrollArea> <QScrollBar> <QString> <QStringList>
  <QStyledItemDelegate> <QTableView> <QTimer> <QToolButton> <QToolTip> <QVariant> <QVector> <QWidget>)
function(nj_precompile kind target)
  if(NOT NIGHTJAR_PCH)
    return()
  endif()
  if(NOT TARGET nj_${kind}_headers)
    file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/${kind}_headers.cpp CONTENT "")
    add_library(nj_${kind}_headers OBJECT ${PROJECT_BINARY_DIR}/${kind}_headers.cpp)
    target_link_libraries(nj_${kind}_headers PRIVATE fmt::fmt Threads::Threads nj_warnings ${ARGN})
    set(headers ${nj_core_headers})
    if(kind STREQUAL "widgets")
      target_link_libraries(nj_${kind}_headers PRIVATE Qt6::Widgets)
      target_compile_definitions(nj_${kind}_headers PRIVATE QT_NO_CAST_FROM_ASCII QT_NO_KEYWORDS)
      list(APPEND headers ${nj_widgets_headers})
    elseif(kind MATCHES "test$")
      target_link_libraries(nj_${kind}_headers PRIVATE nj_test_support Qt6::Test)
      target_compile_options(nj_${kind}_headers PRIVATE $<$<CONFIG:Release>:-O0>)   # as the tests themselves: gcc compares
      list(APPEND headers <qt_test.h>)
      if(kind MATCHES "window_test$")
        list(APPEND headers ${nj_widgets_headers})
      endif()
    endif()
    target_precompile_headers(nj_${kind}_headers PRIVATE ${headers})
  endif()
  target_precompile_headers(${target} REUSE_FROM nj_${kind}_headers)
endfunction()

# Eight files compiled as one share what they include and instantiate: a third of the time of a build from nothing. Off where one edits.
option(NIGHTJAR_UNITY "Compile the files of a room in groups" OFF)
function(nj_unite target)
  if(NIGHTJAR_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()

# nj_room(NAME [SEPARATE] [DEPENDS target…] [PRIVATE target…]): static library nj_NAME of the *.cpp in this folder and the named subfolders.
# SEPARATE: never compiled in groups, as each file has the same local names (sniff and open of a reader, kFields of a source).
function(nj_room name)
  cmake_parse_arguments(ROOM "SEPARATE" "" "DEPENDS;PRIVATE;FOLDERS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(folder ${ROOM_FOLDERS})
    file(GLOB more CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${more})
  endforeach()
  if(NOT sources)
    add_library(nj_${name} INTERFACE)
    target_include_directories(nj_${name} INTERFACE ${PROJECT_SOURCE_DIR}/core)
    target_link_libraries(nj_${name} INTERFACE ${ROOM_DEPENDS})
    return()
  endif()
  add_library(nj_${name} STATIC ${sources})
  target_include_directories(nj_${name} PUBLIC ${PROJECT_SOURCE_DIR}/core)
  target_link_libraries(nj_${name} PUBLIC ${ROOM_DEPENDS} PRIVATE nj_warnings ${ROOM_PRIVATE})
  nj_precompile(core nj_${name})
  if(NOT ROOM_SEPARATE)
    nj_unite(nj_${name})
  endif()
endfunction()

# nj_tests(DEPENDS target… [SKIP name…]): every *_test.cpp of this folder but the skipped is a Qt Test program of its own.
function(nj_tests)
  cmake_parse_arguments(T "" "" "DEPENDS;SKIP" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp)
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  foreach(source ${sources})
    get_filename_component(name ${source} NAME_WE)
    if(name IN_LIST T_SKIP)
      continue()
    endif()
    # moc by name instead of AUTOMOC, which costs every program a run of cmake and a second file to compile.
    add_executable(${room}_${name} ${source})
    qt_generate_moc(${source} ${CMAKE_CURRENT_BINARY_DIR}/${name}.moc TARGET ${room}_${name})
    set_property(SOURCE ${source} APPEND PROPERTY OBJECT_DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${name}.moc)
    target_include_directories(${room}_${name} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
    target_link_libraries(${room}_${name} PRIVATE nj_warnings nj_test_support ${T_DEPENDS} Qt6::Test)
    target_compile_options(${room}_${name} PRIVATE $<$<CONFIG:Release>:-O0>)
    if(T_DEPENDS MATCHES "nj_(ui|window)")
      nj_precompile(window_test ${room}_${name} Qt6::Widgets Qt6::Charts)
    elseif("Qt6::Gui" IN_LIST T_DEPENDS)
      nj_precompile(gui_test ${room}_${name} Qt6::Gui)
    else()
      nj_precompile(test ${room}_${name})
    endif()
    add_test(NAME ${room}/${name} COMMAND ${room}_${name})
    set_tests_properties(${room}/${name} PROPERTIES TIMEOUT 300 ENVIRONMENT "QT_QPA_PLATFORM=offscreen;NIGHTJAR_BINARY=$<TARGET_FILE:nightjar>")
  endforeach()
endfunction()
