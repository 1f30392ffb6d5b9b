// Ids that count up, wherever their changing bytes stand, must not meet in a few slots of a masked table.
#include <algorithm>
#include <vector>

#include "base/id_hash.h"
#include "qt_test.h"

using namespace nj;

namespace {

// How many of 65,536 ids share the fullest of 131,072 slots.
template <size_t N>
int fullestSlot(size_t firstByte, bool bigEndian) {
    std::vector<int> meeting(1U << 17, 0);
    for (uint32_t i = 0; i < (1U << 16); ++i) {
        Id<N> id;
        id.bytes[firstByte] = static_cast<unsigned char>(bigEndian ? i >> 8 : i);
        id.bytes[firstByte + 1] = static_cast<unsigned char>(bigEndian ? i : i >> 8);
        ++meeting[mixedHash(id) & (meeting.size() - 1)];
    }
    return *std::max_element(meeting.begin(), meeting.end());
}

}  // namespace

class IdHashTest : public QObject {
    Q_OBJECT
private slots:
    void countingIdsSpread() {
        for (const bool bigEndian : {false, true}) {
            for (size_t byte = 0; byte + 1 < 8; ++byte)
                QVERIFY2(fullestSlot<8>(byte, bigEndian) <= 16, qPrintable(QString::number(byte)));
            for (size_t byte = 0; byte + 1 < 16; ++byte)
                QVERIFY2(fullestSlot<16>(byte, bigEndian) <= 16, qPrintable(QString::number(byte)));
        }
    }
    void bothHalvesCount() {
        TraceId a, b;
        a.bytes[0] = b.bytes[8] = 1;
        QVERIFY(mixedHash(a) != mixedHash(b));
        QVERIFY(mixedHash(a) != mixedHash(TraceId{}));
    }
};

QTEST_APPLESS_MAIN(IdHashTest)
#include "id_hash_test.moc"
