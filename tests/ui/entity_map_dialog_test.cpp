// The dialog for names that lead to no entity, driven as a person does.
#include <QSignalSpy>

#include "qt_test.h"
#include "widgets/entity_map_dialog.h"

using namespace nj;
using namespace nj::ui;

namespace {

EntityGraph graph() {
    EntityGraph g;
    g.entities = {{EntityKind::kPod, "vllm-a-0", "vllm-a-0"}, {EntityKind::kPod, "vllm-b-0", "vllm-b-0"}, {EntityKind::kGpu, "GPU-6", "GPU 6"}};
    g.edges = {{EntityKind::kGpu, "GPU-6", EntityKind::kHost, "gpu-node-07", "runs_on", "gpu series"}, {EntityKind::kReplica, "10.1.1.2:8000", EntityKind::kPod, "vllm-b-0", "served_by", "by hand"}};
    g.unresolved = {{EntityKind::kReplica, "<b>10.1.1.1:8000</b>", "called by spans", 12}, {EntityKind::kGpu, "0000:d1:00", "named by an XID", 1}};
    return g;
}

}  // namespace

class EntityMapDialogTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mapsAndTakesBack() {
        auto* dialog = new EntityMapDialog(Theme::dark());
        dialog->setGraph(graph());
        dialog->show();
        QCOMPARE(dialog->texts()->rowCount(), 3);
        QSignalSpy mapped(dialog, &EntityMapDialog::mapRequested), unmapped(dialog, &EntityMapDialog::unmapRequested);

        dialog->texts()->setCurrentCell(0, 0);
        QVERIFY(!dialog->unmapButton()->isEnabled());
        dialog->targets()->setCurrentIndex(dialog->targets()->findText(QStringLiteral("vllm-b-0")));
        QTest::mouseClick(dialog->mapButton(), Qt::LeftButton);
        QCOMPARE(mapped.size(), 1);
        const auto edge = mapped[0][0].value<EntityEdge>();
        QCOMPARE(edge.from, std::string("<b>10.1.1.1:8000</b>"));
        QCOMPARE(edge.to, std::string("vllm-b-0"));
        QCOMPARE(edge.relation, std::string("served_by"));

        // A device is most likely a card, and is called as a person calls it.
        dialog->texts()->setCurrentCell(1, 0);
        QCOMPARE(dialog->targets()->currentText(), QStringLiteral("GPU 6 · gpu-node-07"));
        QTest::keyClick(dialog->mapButton(), Qt::Key_Space);
        QCOMPARE(mapped[1][0].value<EntityEdge>().relation, std::string("same_as"));

        dialog->texts()->setCurrentCell(2, 0);
        QVERIFY(dialog->unmapButton()->isEnabled());
        QTest::mouseClick(dialog->unmapButton(), Qt::LeftButton);
        QCOMPARE(unmapped.size(), 1);
        QCOMPARE(unmapped[0][1].toString(), QStringLiteral("10.1.1.2:8000"));
        dialog->close();
    }
    void nothingToMap() {
        auto* dialog = new EntityMapDialog(Theme::light());
        EntityGraph empty = graph();
        empty.unresolved.clear();
        empty.edges.clear();
        dialog->setGraph(empty);
        QVERIFY(!dialog->mapButton()->isEnabled());
        QVERIFY(!dialog->unmapButton()->isEnabled());
        dialog->close();
    }
};

QTEST_MAIN(EntityMapDialogTest)
#include "entity_map_dialog_test.moc"
