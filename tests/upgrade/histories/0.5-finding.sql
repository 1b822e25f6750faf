BEGIN TRANSACTION;
CREATE TABLE candidate (
        who      text not null,
        priority integer not null,
        opened   integer not null,
        task     text not null,
        due      integer,
        workflow text not null,
        kind     text not null,
        risk     text,
        labels   text not null,
        words    text not null,
        primary key (who, priority desc, opened, task)
    ) without rowid;
INSERT INTO "candidate" VALUES('ann',2,1767604260000000,'task_019b8d6c8ca014ae0906c5f8689a',1770196260000000,'everything','approve',NULL,'teama','refund the order?
refund
everything
everything');
INSERT INTO "candidate" VALUES('ann',0,1767604860000000,'task_019b8d75b4609f3975ab20a38e21',1768296060000000,'agrees','approve','high','','agree for agrees
agree
taken-back
agrees');
INSERT INTO "candidate" VALUES('ann',0,1767864060000000,'task_019b9ce8c86036c19857eb62e9f1',NULL,'agrees','approve','high','','agree for agrees
agree
asked-back
agrees');
INSERT INTO "candidate" VALUES('bob',0,1767604860000000,'task_019b8d75b4609f3975ab20a38e21',1768296060000000,'agrees','approve','high','','agree for agrees
agree
taken-back
agrees');
INSERT INTO "candidate" VALUES('bob',0,1767864060000000,'task_019b9ce8c86036c19857eb62e9f1',NULL,'agrees','approve','high','','agree for agrees
agree
asked-back
agrees');
INSERT INTO "candidate" VALUES('eve',0,1767604860000000,'task_019b8d75b4609f3975ab20a38e21',1768296060000000,'agrees','approve','high','','agree for agrees
agree
taken-back
agrees');
INSERT INTO "candidate" VALUES('eve',0,1767864060000000,'task_019b9ce8c86036c19857eb62e9f1',NULL,'agrees','approve','high','','agree for agrees
agree
asked-back
agrees');
INSERT INTO "candidate" VALUES('fay',0,1767864060000000,'task_019b9ce8c86036c19857eb62e9f1',NULL,'agrees','approve','high','','agree for agrees
agree
asked-back
agrees');
INSERT INTO "candidate" VALUES('fay',0,1767864060000000,'task_019b9ce8c860b23ca2c16e6dfc20',1768468860000000,'agrees','approve','high','','agree for agrees
agree
reassigned
agrees');
INSERT INTO "candidate" VALUES('group:finance',2,1767604260000000,'task_019b8d6c8ca014ae0906c5f8689a',1770196260000000,'everything','approve',NULL,'teama','refund the order?
refund
everything
everything');
INSERT INTO "candidate" VALUES('group:finance',0,1767864060000000,'task_019b9ce8c860b23ca2c16e6dfc20',1768468860000000,'agrees','approve','high','','agree for agrees
agree
reassigned
agrees');
INSERT INTO "candidate" VALUES('gus',0,1767604860000000,'task_019b8d75b4604c9227268eff5445',1768296060000000,'agrees','approve','high','','agree for agrees
agree
handed-on
agrees');
CREATE TABLE document (
        kind text not null,
        id   text not null,
        text text not null,
        primary key (kind, id)
    ) without rowid;
INSERT INTO "document" VALUES('secret','snapshots','"d4501e9b491b6711d5c79fe66dd5e93f5dfdef6bdca59df3fa8a6cafcbb9a7f8"');
CREATE TABLE entry (
        seq     integer primary key,
        run     text not null,
        number  integer not null,
        at      integer not null,
        kind    text not null,
        key     text not null,
        body    text not null,
        payload text,
        digest  text not null,
        hash    text not null
    );
INSERT INTO "entry" VALUES(1,'everything',1,1767603600000000,'run.started','','{"workflow":"everything","version":"1","by":"ann","labels":{"team":"a"},"takes":"tests.upgrade.workflows:Order"}','{"input":{"$":"model","t":"tests.upgrade.workflows:Order","f":"b00c57e4","v":{"number":7,"lines":[{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"pen","price":{"$":"decimal","v":"1.20"}}},{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"ink","price":{"$":"decimal","v":"7.80"}}}],"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]},"due":{"$":"date","v":"2026-03-01"}}}}','10d3e589064c913b98e1bc85c7b011b38159fa73b074d74cafd45ec2a6c0332a','58440874f04f90dce6ae9043efca200c45b94accb5e36de70ead4e54ee7f79b3');
INSERT INTO "entry" VALUES(2,'everything',2,1767603600000000,'run.recovered','','{}',NULL,'','7bb7ceac5f342436c8dddf96243723d3890f1aa8fdcbf393a5d88da9d72663f1');
INSERT INTO "entry" VALUES(3,'everything',3,1767603600000000,'state.changed','state','{"key":"state"}','{"state":{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]}}}','a5fc9fe2741bf91ced57639d10e6ac2c961f5f9a94659545c7404a694a650e4b','004f92c7e1b4f4c7e76d9db4b7d64bf3742a956dccd3e0c227cc38f3a96edcd8');
INSERT INTO "entry" VALUES(4,'everything',4,1767603600000000,'state.changed','state#2','{"key":"state#2"}','{"state":{"scratch":1}}','c508b14fc80158acef748d3bb6e0e23401bd55468023e445a3589c54f07ef984','8b851b2f40b7b1a167e3dedf0a1b69c383abd4b6bbd38d92af53df4b6dccfe82');
INSERT INTO "entry" VALUES(5,'everything',5,1767603600000000,'step.started','total','{"key":"total","name":"total","attempt":1,"digest":"f839c6406709a262","returns":"Decimal"}',NULL,'','e89bc146bd434e3895815e9ecb788d1c8116f6f8d7bf496fa54da33876f554ca');
INSERT INTO "entry" VALUES(6,'everything',6,1767603600000000,'step.finished','total','{"key":"total","name":"total","attempt":1,"took":0}','{"result":{"$":"decimal","v":"9.00"}}','f7f3abbbe3f6ea58c7c4c04453142bdbfc0ab125b2b0df73fa70b1e90f2ef91d','55d1b6f48061085a3a707c285bd06720ffd9e468438b3aba553cedf90631e505');
INSERT INTO "entry" VALUES(7,'everything',7,1767603600000000,'step.started','charge','{"key":"charge","name":"charge","attempt":1,"digest":"e8ebc0bb20b50186","returns":"dict[Any, Any]"}',NULL,'','961fe87b2749edd7fae119e4dfff8efb15a6b9b40b9e2172b5f3e721e20a1aa2');
INSERT INTO "entry" VALUES(8,'everything',8,1767603600000000,'step.retrying','charge','{"key":"charge","name":"charge","attempt":1,"due":1767603601000000}','{"error":{"type":"builtins:ConnectionError","message":"the bank did not answer about 9.00","args":["the bank did not answer about 9.00"],"attributes":{},"trace":"ConnectionError: the bank did not answer about 9.00\n"}}','c1332c278bb673e564653aaa629c9ca432968a093de7df2e79b229c498ebcd6f','4d1f4ee8929c802c22db6c77e00ba7b1359b7f225e48c919e6d6e8a58a540af1');
INSERT INTO "entry" VALUES(9,'everything',9,1767603601000000,'step.started','charge','{"key":"charge","name":"charge","attempt":2,"digest":"e8ebc0bb20b50186","returns":"dict[Any, Any]"}',NULL,'','81b37d1a581e415ea411a1f28332eeffd3e13eb0e9cf881affb67a74e0005ee1');
INSERT INTO "entry" VALUES(10,'everything',10,1767603601000000,'step.finished','charge','{"key":"charge","name":"charge","attempt":2,"took":0}','{"result":{"$":"dict","v":[["charged",{"$":"decimal","v":"9.00"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]}}','66013b848a4f9b8cd428f23c96cedc750011ac9af9a22b1c9f9ebc80db4c1332','9b277f73b25bcb847a1fec1a5a04256330607ea193606f8f1176f52229633e71');
INSERT INTO "entry" VALUES(11,'everything',11,1767603601000000,'step.started','note','{"key":"note","name":"note","attempt":1,"digest":"38d4cb453f15b186","returns":"None"}',NULL,'','ee5825c4bf5581781916621f7006025be3a6705d89ab7d209f2b53f25b36609c');
INSERT INTO "entry" VALUES(12,'everything',12,1767603601000000,'step.finished','note','{"key":"note","name":"note","attempt":1,"took":0}','{"state":{"noted":[1],"scratch":{"$":"gone"}}}','353105580247bc47232a49a850d8ab5454c97d6641672e0971750c104e727387','fbf561ef042edd375b5fe37ec0a7c12a764c12d4d8ce13bf8df5914addb96367');
INSERT INTO "entry" VALUES(13,'everything',13,1767603601000000,'event.emitted','emit:order.charged','{"key":"emit:order.charged","name":"order.charged"}','{"data":{"amount":{"$":"decimal","v":"9.00"}}}','ef9e3146d1c478087d8467423815d7b3b67af6260704c82545048f5a8dd5a974','608fca6773bc6c268168502b8913f9df65dc504fd353fb2ce8da5ded6e6e6612');
INSERT INTO "entry" VALUES(14,'everything',14,1767603601000000,'value.recorded','now','{"key":"now"}','{"value":{"$":"datetime","v":"2026-01-05T09:00:01","offset":0}}','fd877cad5821fa9599cdee7a8a65cfe49f78f21d4adddf58228ce5ae2fbc1561','3b7e121a51feaee048cf73f95e84ed002c6207711161b984aa88211e31b66622');
INSERT INTO "entry" VALUES(15,'everything',15,1767603601000000,'value.recorded','uuid','{"key":"uuid"}','{"value":{"$":"uuid","v":"34bac373-cdb4-4372-9fc6-27f5484e1459"}}','68d141ec09edc275be9504f86d681e68916eff87b3724ed1b18dd716ca149afd','0c2e3488968ebbf655817af9769b11684c1749131323162962feb22a8b3c48ea');
INSERT INTO "entry" VALUES(16,'everything',16,1767603601000000,'value.recorded','random','{"key":"random"}','{"value":0.10361609180633058}','ab0038eb3773954d17419102ab4979c0698942c84ccb8c0848973264ec00de16','ee8bad9a7a9a2ba8c43cb2ff26564f953c8c08ccdac6cdb773332467206be8a6');
INSERT INTO "entry" VALUES(17,'everything',17,1767603601000000,'timer.set','sleep','{"key":"sleep","due":1767604201000000}',NULL,'','8debcd7de1cb411eb7d2b3e707af0beeb111b9cc06520eebe950c9452f65e325');
INSERT INTO "entry" VALUES(18,'everything',18,1767603601000000,'run.waiting','','{"on":["sleep"]}',NULL,'','674319d2e38eeb1dc071ef19535b71610f436bc069c53641cea49455dd8b2890');
INSERT INTO "entry" VALUES(19,'everything',19,1767604201000000,'timer.fired','sleep','{"key":"sleep"}',NULL,'','6efd7f018f65d6db36167cb200c31808113089af844d22d5c0eef53e9b76ad3b');
INSERT INTO "entry" VALUES(20,'everything.asks',1,1767604201000000,'run.started','','{"workflow":"asks","version":"1","by":"ann","root":"everything","parent":"everything","parent_key":"asks","path":["asks"],"takes":"dict[str, int]"}','{"input":{"of":7}}','c26505e63f019e7154a5a355fffd966876776d2a6634618e82590b408ee69f05','20e62cf8884eee3ec5c574e3fb2e2bbc63f9400307c8fd73731c5e6190a2254e');
INSERT INTO "entry" VALUES(21,'everything',20,1767604201000000,'child.started','asks','{"key":"asks","child":"everything.asks","digest":"6d10a62e97a46fc9"}',NULL,'','590331a7f64e4f215443f5927c6a886f846d25367cc996003fb3d9632fd4e055');
INSERT INTO "entry" VALUES(22,'everything.asks',2,1767604201000000,'task.opened','child task','{"key":"child task","task":"task_019b8d6ba62800750cf769db2177","name":"child task","asks":"approve","digest":"3108422d164e70fd1be38c1a7c8a46bc","by":"ann","path":["asks"]}','{"title":"child task for asks","value":{"of":7},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}','c24d1d3391bde61de519dd4199988df6c97f0443533a1e1b1f885af5a29c902b','810fa3860c8e83caf11f1a5c2698561d17f11c477a61dde4ec858dd6a8fff1c9');
INSERT INTO "entry" VALUES(23,'everything.asks',3,1767604201000000,'run.waiting','','{"on":["child task"]}',NULL,'','c5c97e7635125e4262eb6feb807553944f603618a582a6e9608039195095a5c8');
INSERT INTO "entry" VALUES(24,'everything',21,1767604201000000,'run.waiting','','{"on":["asks"]}',NULL,'','dfb2e89feb4977711a950396f64a800a84bdb7fe5ffc51e36c6e46e485894670');
INSERT INTO "entry" VALUES(25,'everything.asks',4,1767604260000000,'task.answered','child task','{"key":"child task","task":"task_019b8d6ba62800750cf769db2177","by":"bob","via":"python","outcome":"approved"}','{"reason":"why not"}','9aedf51c1108b88d46a9b072b29116c35871efa735e35c5e074a0e91e7e25a3b','bbc1a2c4e688e1113c976c1e1092c111e42ddd0c77a938652d39017485e149b2');
INSERT INTO "entry" VALUES(26,'everything.asks',5,1767604260000000,'task.closed','child task','{"key":"child task","task":"task_019b8d6ba62800750cf769db2177","outcome":"approved","by":"bob","via":"python"}','{"reason":"why not"}','9aedf51c1108b88d46a9b072b29116c35871efa735e35c5e074a0e91e7e25a3b','b1e6ec88d0a86fe6724a79c3d26e2f285819b1b34bfa007e86ac487ba22df23f');
INSERT INTO "entry" VALUES(27,'everything.asks',6,1767604260000000,'run.finished','','{"status":"succeeded"}','{"output":"approved by bob"}','95bfdc1835417bba83278e6901e2e71d4cc4bf66cb6513f0b2b5d6f278191acc','1c83f24f09c1c57003ab71ea74ee0cb94e8a527df43eaf195e685d560b971e06');
INSERT INTO "entry" VALUES(28,'everything',22,1767604260000000,'child.finished','asks','{"key":"asks","child":"everything.asks","status":"succeeded"}','{"output":"approved by bob"}','3c0ae51ca73c2512582c7f069d6ed7c9fdef4c6ecd6091bf66e6f9512780f6eb','8e60b3a0a3a365b381878b6190ad3a3ccad0153ab5dd9a1e72e302351ae72d80');
INSERT INTO "entry" VALUES(29,'everything',23,1767604260000000,'task.opened','refund','{"key":"refund","task":"task_019b8d6c8ca014ae0906c5f8689a","name":"refund","asks":"approve","digest":"338256a73aa30b6f200de93dd66b516d","to":["ann","group:finance"],"by":"ann","labels":{"team":"a"},"priority":2,"due":1770196260000000,"on_timeout":"reject"}','{"title":"Refund the order?","detail":"All of **it**.","value":{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"9.00"},"at":{"$":"datetime","v":"2026-01-05T09:00:01","offset":0},"id":{"$":"uuid","v":"34bac373-cdb4-4372-9fc6-27f5484e1459"}}},"form":{"description":"What is to be paid.","properties":{"total":{"anyOf":[{"type":"number"},{"type":"string"}],"title":"Total"},"at":{"format":"date-time","title":"At","type":"string"},"id":{"format":"uuid","title":"Id","type":"string"}},"required":["total","at","id"],"title":"Bill","type":"object"}}','30764b17f593a4e4034c2d0c98a19f212f32f26df9cc555a1feccc59801eab05','dde63a36a9e26a85212b8b3348b8047f1f1d72652d24c1c50a4a69917e9384df');
INSERT INTO "entry" VALUES(30,'everything',24,1767604260000000,'run.waiting','','{"on":["refund"]}',NULL,'','4c985fa5dcfc0c6af58f1dacadea56202bfcb560b0def4d42aa1e92d8232bb48');
INSERT INTO "entry" VALUES(31,'everything',25,1767604260000000,'task.refused','refund','{"key":"refund","task":"task_019b8d6c8ca014ae0906c5f8689a","by":"eve","via":"python","status":"ineligible","outcome":"approved"}','{"why":"eve may not answer this task: it is assigned to ann, group:finance."}','9c02838324fdba1abb07e0bdaa82f6a30aebb4806fcdfff878878bfe4e2afaba','2ffcb63f9dc1f3107d98250e82a8b37844a1fc2dd1b1e102c4391601868c23cb');
INSERT INTO "entry" VALUES(32,'everything',26,1767604260000000,'task.claimed','refund','{"key":"refund","task":"task_019b8d6c8ca014ae0906c5f8689a","by":"ann","via":"python"}',NULL,'','ed30d2f7185662f04c9e18942928735801b7f1549c505be1ed47d74022050bca');
INSERT INTO "entry" VALUES(33,'everything',27,1767604260000000,'task.released','refund','{"key":"refund","task":"task_019b8d6c8ca014ae0906c5f8689a","by":"ann","via":"python"}',NULL,'','70e7dd39bc7053f36d54fffcd0450e18d04af8808b9579bc1085c623db4ed0b4');
INSERT INTO "entry" VALUES(34,'everything',28,1767604260000000,'task.refused','refund','{"key":"refund","task":"task_019b8d6c8ca014ae0906c5f8689a","by":"ann","via":"python","status":"invalid","outcome":"edited"}','{"value":{"total":"not a number"},"why":"The value does not fit: /total: Input should be a valid decimal; /at: Field required; /id: Field required."}','66c5c8e395726786cd1d9a1c11216a10839ad2919df11c152048c64ef4c2d14a','7ecb7543ddd3a82ea93305d3a0a6f96ab3b574acf64c319e25ccf7b14d00d5d8');
INSERT INTO "entry" VALUES(35,'everything',29,1767604260000000,'task.commented','refund','{"key":"refund","task":"task_019b8d6c8ca014ae0906c5f8689a","by":"bob","via":"python"}','{"text":"Is this right?"}','28a2250619642dbf0cac292ec856392f6f57785f35712523e8f4847ca46749d5','cdbe3a466088f12d3d56119b4c690da3a6aa7f85f8598e3881f512913ba7291b');
INSERT INTO "entry" VALUES(36,'everything',30,1767604260000000,'task.claimed','refund','{"key":"refund","task":"task_019b8d6c8ca014ae0906c5f8689a","by":"ann","via":"python"}',NULL,'','e7a31e7f3c3ae93d3c7acf5970a5ea40e6c3444ee1f1683de3e913f67d065c7a');
INSERT INTO "entry" VALUES(37,'succeeded',1,1767604260000000,'run.started','','{"workflow":"everything","version":"1","takes":"tests.upgrade.workflows:Order"}','{"input":{"$":"model","t":"tests.upgrade.workflows:Order","f":"b00c57e4","v":{"number":8,"lines":[{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"pen","price":{"$":"decimal","v":"0.50"}}}],"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"due":null},"set":["lines","number"]}}','93483d0f12142a1c3d0c7a5260b41cbe77f229248c03729053ccab5dde762100','14355bc0f1cd6e8752aff9db5378ac0fe3cdfd0313445d5ff2b9fa714117c754');
INSERT INTO "entry" VALUES(38,'succeeded',2,1767604260000000,'state.changed','state','{"key":"state"}','{"state":{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]}}}','1f35f281fb5fcf5ed1bf522315eb4460e18b3e0d7219295a2147c65995b842d4','166a3c27ecb08b3d922212b984f71f6a88d204f7a085d6f8c81cee23f4b43186');
INSERT INTO "entry" VALUES(39,'succeeded',3,1767604260000000,'state.changed','state#2','{"key":"state#2"}','{"state":{"scratch":1}}','015b7e11f503825066bc4f4cdaab74a995f6769c0cc1f3f92cef1e3e810c599e','a1a64c56d7375015821e90739b6c7e6fd10c2c7492b740864743d9b57745e497');
INSERT INTO "entry" VALUES(40,'succeeded',4,1767604260000000,'step.started','total','{"key":"total","name":"total","attempt":1,"digest":"1a8a5896b0fff1ce","returns":"Decimal"}',NULL,'','78b65b1709c058e3bc18d570f4cebcb79cf1c20208b3ad1f79b4a643f5b253d2');
INSERT INTO "entry" VALUES(41,'succeeded',5,1767604260000000,'step.finished','total','{"key":"total","name":"total","attempt":1,"took":0}','{"result":{"$":"decimal","v":"0.50"}}','caeb447176ee40d4ffda77a4bcab0fbbb3b01f332527c696fb97c43c3a30856a','bc47831b8c9491a5ec035a978d2b26fdb76d284de1c885c38e88910f8af99fbf');
INSERT INTO "entry" VALUES(42,'succeeded',6,1767604260000000,'step.started','charge','{"key":"charge","name":"charge","attempt":1,"digest":"67dcf232860f5575","returns":"dict[Any, Any]"}',NULL,'','66db9641a2d4b55e604fef215b7f88d532edaa7dc5a05bde4e84c32b84c4e10c');
INSERT INTO "entry" VALUES(43,'succeeded',7,1767604260000000,'step.finished','charge','{"key":"charge","name":"charge","attempt":1,"took":0}','{"result":{"$":"dict","v":[["charged",{"$":"decimal","v":"0.50"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]}}','d4581ab76c973b9003da9f55a59f2df38e11307cfed37dd8291d4e9cd241cc83','9dfdb5488aa54d1cdc288c038ad7dca632c0bbe7d14597da15f9f300e8754a23');
INSERT INTO "entry" VALUES(44,'succeeded',8,1767604260000000,'step.started','note','{"key":"note","name":"note","attempt":1,"digest":"38d4cb453f15b186","returns":"None"}',NULL,'','5af931ac7aebf0d4cd415e16f05e5d69d0da9942b0e06fbdf598007db44db038');
INSERT INTO "entry" VALUES(45,'succeeded',9,1767604260000000,'step.finished','note','{"key":"note","name":"note","attempt":1,"took":0}','{"state":{"noted":[1],"scratch":{"$":"gone"}}}','ab7ae7499dfd38120e6d3544deca59ecb72d3666da2f868196221ad911edef36','40e48a403e58044cbe2c133cae59cffb9229ba8a6421e6190c0a2c40ed01033d');
INSERT INTO "entry" VALUES(46,'succeeded',10,1767604260000000,'event.emitted','emit:order.charged','{"key":"emit:order.charged","name":"order.charged"}','{"data":{"amount":{"$":"decimal","v":"0.50"}}}','e2b5cbafe0ddb5aff0031f7184109d70ae3ec370dd1128797c70b5226c641f0e','3a399920b49ffe5aa1dde6313804691db4c363df012531f8b0a1bd60a98b507e');
INSERT INTO "entry" VALUES(47,'succeeded',11,1767604260000000,'value.recorded','now','{"key":"now"}','{"value":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0}}','994951b95dcb5548fe6205e718e15f8315f9fba30f489f1b608aef43c2e0ef67','9868a9dfe5ce6caf1b93153bf316e41e9cb8a5f7cb07dd5fcb2f6ff43ad544e7');
INSERT INTO "entry" VALUES(48,'succeeded',12,1767604260000000,'value.recorded','uuid','{"key":"uuid"}','{"value":{"$":"uuid","v":"da0136e4-ec18-4709-8b04-34da5f75574a"}}','a8bb5ccf1efc27a6e539624612275280bef9e7369652d90c59c1070b5a33efbc','c6b082c74f66dab1862ad3598aa8aaefa6a69ff921e25914ed111144cb614ed3');
INSERT INTO "entry" VALUES(49,'succeeded',13,1767604260000000,'value.recorded','random','{"key":"random"}','{"value":0.6682958672897492}','26b613dcf938ede038d8cea80c0ace2a2bc4edbe7620136e8a8308c8f0908d77','a68d268bd765630566e8ea1875755f6e4a9625a539b1ef6ae42e26fa6df99768');
INSERT INTO "entry" VALUES(50,'succeeded',14,1767604260000000,'timer.set','sleep','{"key":"sleep","due":1767604860000000}',NULL,'','4dbcffc6f998bd0146f7aa7020d600e8e3c6ee27755ac30569f3b7513397eea9');
INSERT INTO "entry" VALUES(51,'succeeded',15,1767604260000000,'run.waiting','','{"on":["sleep"]}',NULL,'','1d53e88055449d30d4bb5fd14ea6a0650b1adb16fb03539f14a736d18f02947f');
INSERT INTO "entry" VALUES(52,'succeeded',16,1767604860000000,'timer.fired','sleep','{"key":"sleep"}',NULL,'','7e7fea9671b4c5804187ed8a498486e7bd586fb1480ab8a051c3627f1c72e784');
INSERT INTO "entry" VALUES(53,'succeeded.asks',1,1767604860000000,'run.started','','{"workflow":"asks","version":"1","root":"succeeded","parent":"succeeded","parent_key":"asks","path":["asks"],"takes":"dict[str, int]"}','{"input":{"of":8}}','057da42f9ad90d43e9386fb72ee29a9598468af26237927ee60ff5d773dd26c0','34ecad14732b47fcd44709ccc23c13a8b980c9dfbb4cc7cb1e3c5cb0ae0bfe3e');
INSERT INTO "entry" VALUES(54,'succeeded',17,1767604860000000,'child.started','asks','{"key":"asks","child":"succeeded.asks","digest":"987af957beb2a718"}',NULL,'','8f8440ab643c1f4cb2178ec588710d2bf036f7be14897f12fa7bd6070bf8e4e3');
INSERT INTO "entry" VALUES(55,'succeeded.asks',2,1767604860000000,'task.opened','child task','{"key":"child task","task":"task_019b8d75b4608191d61b4f3745a1","name":"child task","asks":"approve","digest":"906c1a42acc41392f787cbfbd14b7066","path":["asks"]}','{"title":"child task for asks","value":{"of":8},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}','1e146dd6ab49aea6c471e73958d7ca34240de5b40421b1715a4d0fa3945b40c2','800522eba6d65582969b9f7ca14b68d1ef9f0e9a1be70bc3ed94cedd8a1de83c');
INSERT INTO "entry" VALUES(56,'succeeded.asks',3,1767604860000000,'run.waiting','','{"on":["child task"]}',NULL,'','b6f1ddb4ed23efbf9ad8419f68b33e9ee96ca63dce32524afa683ea073f3f13b');
INSERT INTO "entry" VALUES(57,'succeeded',18,1767604860000000,'run.waiting','','{"on":["asks"]}',NULL,'','5e1990ede593b388c52042d3d1032f8e4a767a9b5e778544b7b9d64acf55b7eb');
INSERT INTO "entry" VALUES(58,'succeeded.asks',4,1767604860000000,'task.answered','child task','{"key":"child task","task":"task_019b8d75b4608191d61b4f3745a1","by":"bob","via":"python","outcome":"rejected"}','{"reason":"no"}','a6186f27ae94105c5f190ea185cb9ad474c3dc92e25532dac77b10a62f59cdd7','b0fbcbf249ca5f704544b056912324734893a5004bc7e0f10fc5eb0f871398e7');
INSERT INTO "entry" VALUES(59,'succeeded.asks',5,1767604860000000,'task.closed','child task','{"key":"child task","task":"task_019b8d75b4608191d61b4f3745a1","outcome":"rejected","by":"bob","via":"python"}','{"reason":"no"}','a6186f27ae94105c5f190ea185cb9ad474c3dc92e25532dac77b10a62f59cdd7','14838ab23b5e0a944623d23d05bbc4e62bc31f22008861a8abc5a9910837afca');
INSERT INTO "entry" VALUES(60,'succeeded.asks',6,1767604860000000,'run.finished','','{"status":"succeeded"}','{"output":"rejected by bob"}','382ea5d839550220d122a49ee7c1eaad6be0c9deb723725e9529774a9c5282bb','656b166e9d78b5b12720d72fbd28cff706ea9e473174b89e9ea52a82d9239c6c');
INSERT INTO "entry" VALUES(61,'succeeded',19,1767604860000000,'child.finished','asks','{"key":"asks","child":"succeeded.asks","status":"succeeded"}','{"output":"rejected by bob"}','8a86d80e5e651ea8061a0d341de3d1a98bb93e7d76c37ed35e7edb04b46c131e','5decca0a78c2f0a8f7e2260b397fa561782b80d27ea40449f2b23b71ff771e4f');
INSERT INTO "entry" VALUES(62,'succeeded',20,1767604860000000,'task.opened','refund','{"key":"refund","task":"task_019b8d75b4601a4496dfdc690712","name":"refund","asks":"approve","digest":"cce63f72df63d58b84f7ced9074b3044","to":["ann","group:finance"],"labels":{"team":"a"},"priority":2,"due":1770196860000000,"on_timeout":"reject"}','{"title":"Refund the order?","detail":"All of **it**.","value":{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"0.50"},"at":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0},"id":{"$":"uuid","v":"da0136e4-ec18-4709-8b04-34da5f75574a"}}},"form":{"description":"What is to be paid.","properties":{"total":{"anyOf":[{"type":"number"},{"type":"string"}],"title":"Total"},"at":{"format":"date-time","title":"At","type":"string"},"id":{"format":"uuid","title":"Id","type":"string"}},"required":["total","at","id"],"title":"Bill","type":"object"}}','d1e68f372512f91549545da20b50c1f1d417fbc9f199a1d3244b6d11c9c2ac22','7b6ac1d260eca5ada8e798a54962e3e14eed851d4c29490d26d0ba4aaaea98f8');
INSERT INTO "entry" VALUES(63,'succeeded',21,1767604860000000,'run.waiting','','{"on":["refund"]}',NULL,'','06bd1785811bd96ebd818d03a77eec769b3b80e3ded2f93b3126c170af0b0684');
INSERT INTO "entry" VALUES(64,'succeeded',22,1767604860000000,'task.answered','refund','{"key":"refund","task":"task_019b8d75b4601a4496dfdc690712","by":"ann","via":"python","outcome":"approved"}',NULL,'','acbf1c66edcb707ddb9f14d993209fd1cce557382999e8a7306baf46a1297020');
INSERT INTO "entry" VALUES(65,'succeeded',23,1767604860000000,'task.closed','refund','{"key":"refund","task":"task_019b8d75b4601a4496dfdc690712","outcome":"approved","by":"ann","via":"python"}',NULL,'','3dd62506a6bffe8ed361fce0c096522bf263096ddad0ec4c9a667ffe8b8cc0fb');
INSERT INTO "entry" VALUES(66,'succeeded',24,1767604860000000,'task.opened','color','{"key":"color","task":"task_019b8d75b4606cab8bd11d062fd3","name":"color","asks":"choose","digest":"d9a8f11369218eb994b1514226fe9ef9","on_timeout":"raise","many":true}','{"title":"color for everything","form":{"type":"array","items":{"enum":["red","blue"]},"uniqueItems":true},"options":["red","blue"]}','911404ceec8b5061e3496d09906255841e7aacff70886d54cb7417074c64a2d6','8264e08fc931b061c6cfdc05beca4f23ce86977e090602f69d04a2a608e75b34');
INSERT INTO "entry" VALUES(67,'succeeded',25,1767604860000000,'run.waiting','','{"on":["color"]}',NULL,'','5eec6dc2bd9bb25a91fec2d250b84a64b1407dfcb490317e051a93a832092fcc');
INSERT INTO "entry" VALUES(68,'succeeded',26,1767604860000000,'task.answered','color','{"key":"color","task":"task_019b8d75b4606cab8bd11d062fd3","by":"ann","via":"python","outcome":"answered"}','{"value":["blue"]}','7bde69f87780f4b3676db19c32558962cc0584e8f82a34e88b5ca9c18115fe83','997623c945b5112ab817f124a6f17a6b786371d980d4b8a59967976172700543');
INSERT INTO "entry" VALUES(69,'succeeded',27,1767604860000000,'task.closed','color','{"key":"color","task":"task_019b8d75b4606cab8bd11d062fd3","outcome":"answered","by":"ann","via":"python"}',NULL,'','40dbac6713bdcc75b75c06406d87bb39d521014d69ffbc8790f3da85344c583a');
INSERT INTO "entry" VALUES(70,'succeeded',28,1767604860000000,'task.opened','words','{"key":"words","task":"task_019b8d75b460ddb35ded3d03c870","name":"words","asks":"ask","digest":"e17b82cb93f3f3849454f742ee47f81d","on_timeout":"raise"}','{"title":"words for everything","value":{"amount":1},"form":{"type":"object","properties":{"amount":{"type":"number","title":"amount"},"note":{"type":"string","title":"note"}},"required":["amount","note"],"additionalProperties":false}}','41e738a426fa066fc3baedf918ec3b4de0e1addcac6dc6c329b0f4cc581f3638','8288cb49428958cb7a63d2b88739e141dc5a3e03bfeb958292c125021038dd75');
INSERT INTO "entry" VALUES(71,'succeeded',29,1767604860000000,'run.waiting','','{"on":["words"]}',NULL,'','c02d1207ac1fa097308efc6ec50e5b9701cd27ddea7faf890d3b4f0c763b64cf');
INSERT INTO "entry" VALUES(72,'succeeded',30,1767604860000000,'task.answered','words','{"key":"words","task":"task_019b8d75b460ddb35ded3d03c870","by":"ann","via":"python","outcome":"answered"}','{"value":{"amount":2.5,"note":"ü"}}','7ae73bdb2f668c6d62e1a77d607f14315459690bad8826cc93f6e0cc59d561b7','2d310131c25ab41cb7984db6dcd7b2fc7ec46c19859632db0352894490ef3a31');
INSERT INTO "entry" VALUES(73,'succeeded',31,1767604860000000,'task.closed','words','{"key":"words","task":"task_019b8d75b460ddb35ded3d03c870","outcome":"answered","by":"ann","via":"python"}',NULL,'','a212277e9eabc12ae2c923bc4e58444f556a7d1f55ea83ad21619afdaa9760ca');
INSERT INTO "entry" VALUES(74,'succeeded',32,1767604860000000,'run.finished','','{"status":"succeeded"}','{"output":{"$":"tuple","v":[{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"0.50"},"at":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0},"id":{"$":"uuid","v":"da0136e4-ec18-4709-8b04-34da5f75574a"}}},[{"$":"dict","v":[["charged",{"$":"decimal","v":"0.50"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]},"rejected by bob",["blue"],{"amount":2.5,"note":"ü"},{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"noted":[1]}]]}}','ffd12efea7fe89b133e4565c86c053aef8fcec1a1e14c7d323d0bfba0ba55c62','e0be52672aee9afc9e3906ea825a6487e2454c303d57ea4c35aa0471a77d8aea');
INSERT INTO "entry" VALUES(75,'races',1,1767604860000000,'run.started','','{"workflow":"races","version":"1"}',NULL,'','c4508004b562f1b98b28d3ef0a9fff528bf3435d93057e1c9b30a5afb66d93ba');
INSERT INTO "entry" VALUES(76,'races',2,1767604860000000,'timer.set','1/sleep','{"key":"1/sleep","due":1767608460000000}',NULL,'','fc9c953da4c7eb9f01055cf1ee4dc1e10f9d508f74e8adde7d9ea32c568dfb8e');
INSERT INTO "entry" VALUES(77,'races',3,1767604860000000,'task.opened','2/never answered','{"key":"2/never answered","task":"task_019b8d75b46039a3ab461fa3b83a","name":"never answered","asks":"approve","digest":"dcea8fbac52e0d1d669c4990dc71fb3a","due":1767612060000000}','{"title":"never answered for races"}','ae9a770ab722e1a16b8984cf01ee6c352798557ced9a40080df447e45b9c3426','d2e68a3ee2b9dcd91aac3eecf904578c549c1193f0e46a7e6c9968100f72d1fe');
INSERT INTO "entry" VALUES(78,'races',4,1767604860000000,'task.opened','3/quick','{"key":"3/quick","task":"task_019b8d75b460dabcb485db700767","name":"quick","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}','{"title":"quick for races"}','f21117fc3a1882a8f0958c89b19e3a55271bf69d3e6e4a6ce081a4f8b67e2f2e','1647359ebf9180b9f95494cb10669de40b6db1b14dbff98dbc6b0e60c5b3cd2e');
INSERT INTO "entry" VALUES(79,'races',5,1767604860000000,'run.waiting','','{"on":["1/sleep","2/never answered","3/quick"]}',NULL,'','fd77ab3259705a6d2771bd76005688163e75932303c3747d105644cc95300fbd');
INSERT INTO "entry" VALUES(80,'races',6,1767604860000000,'task.answered','3/quick','{"key":"3/quick","task":"task_019b8d75b460dabcb485db700767","by":"ann","via":"python","outcome":"approved"}',NULL,'','b3452e6d590c35ddf942acb3c89af5e4f5a84e60348a14683a31d74ced76a67c');
INSERT INTO "entry" VALUES(81,'races',7,1767604860000000,'task.closed','3/quick','{"key":"3/quick","task":"task_019b8d75b460dabcb485db700767","outcome":"approved","by":"ann","via":"python"}',NULL,'','39cecaad5350a1a996ffd997776334bbdffd0d9dd0e0a18124cc88761bd1bad5');
INSERT INTO "entry" VALUES(82,'races',8,1767604860000000,'value.recorded','first','{"key":"first"}','{"value":2}','8ab3a452060d689279b87945b684de161aae5e138438e704f4eb3c1073082075','2f52abbb50f2c16718f12b12263e10ac4f50cf1551f936d907d51c89dabfbbcd');
INSERT INTO "entry" VALUES(83,'races',9,1767604860000000,'timer.withdrawn','1/sleep','{"key":"1/sleep"}',NULL,'','eefe429d98b0e4783bcdf1e8ecf1f60c2ff95c7b67e3cbba9a47c051a7158615');
INSERT INTO "entry" VALUES(84,'races',10,1767604860000000,'task.closed','2/never answered','{"key":"2/never answered","task":"task_019b8d75b46039a3ab461fa3b83a","outcome":"cancelled","via":"workflow","withdrawn":true}',NULL,'','7003a369f04b2a65c05dc2c9bef7b9c6089e1ac2c5210253d3634dead14a6500');
INSERT INTO "entry" VALUES(85,'races',11,1767604860000000,'step.started','4/ship','{"key":"4/ship","name":"ship","attempt":1,"digest":"","returns":"str"}',NULL,'','bdb79686f1e0949de039b4b4f15becb18bde3a4b12ddc77e81d6f7e87a5a0fdd');
INSERT INTO "entry" VALUES(86,'races',12,1767604860000000,'step.started','5/again','{"key":"5/again","name":"again","attempt":1,"digest":"","returns":"str"}',NULL,'','657e3c5cfc596f2041cda5d54a57f00366c1dfbe999696394879cd28ec05f923');
INSERT INTO "entry" VALUES(87,'races',13,1767604860000000,'step.finished','4/ship','{"key":"4/ship","name":"ship","attempt":1,"took":0}','{"result":"shipped"}','e83670afbb9b7fa16a0cffa7128a485c498aab31dd38f7022b86fa1b966eab54','0905474e80f142e8b82bcd8f668b5f7021a3e9e2652239de11690fcf6893214c');
INSERT INTO "entry" VALUES(88,'races',14,1767604860000000,'step.finished','5/again','{"key":"5/again","name":"again","attempt":1,"took":0}','{"result":"shipped"}','e83670afbb9b7fa16a0cffa7128a485c498aab31dd38f7022b86fa1b966eab54','8f17fb851a8bfb844d27b2d55e3ef58920c40ec010f68a85ab941932e423f016');
INSERT INTO "entry" VALUES(89,'races',15,1767604860000000,'task.opened','last','{"key":"last","task":"task_019b8d75b46039c2f3d333f12175","name":"last","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}','{"title":"last for races"}','04b70dc2d61a210d2c1377da0a4296c41a6b0bdf7ae41c745880a540ee77ab65','92c2bd162642278b29dcd92eefc2d71e8b9bb699c17b2406a78af5944249d4cd');
INSERT INTO "entry" VALUES(90,'races',16,1767604860000000,'run.waiting','','{"on":["last"]}',NULL,'','4521a3b16b56e4c3185e6aedb6c2f37a5dc64eb1ffbe011a90fa1deb61f5502d');
INSERT INTO "entry" VALUES(91,'agreed',1,1767604860000000,'run.started','','{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}','{"input":{"amount":20}}','01104ada0bda9b1f8517799436705752275b8bcaef6253bf4a39a1ac493127d4','3f3b90b551d61f9f76e3d20fa6e93f8285b96b2947b421f01c9ba0f97e1674e6');
INSERT INTO "entry" VALUES(92,'agreed',2,1767604860000000,'task.opened','agree','{"key":"agree","task":"task_019b8d75b460c3f0516ba882af0d","name":"agree","asks":"approve","digest":"1727bc9e96ccf0d03a78cfb89e855f91","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}','{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":20},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}','3abb5eb3f2bc8f13f45cd40427d415c30dc519d5cd536ca90d341eae9f43cb16','d9b70d02027ce1c6ae6afb2282283bc285dc1369d19032309ec9f3dd7c6e784b');
INSERT INTO "entry" VALUES(93,'agreed',3,1767604860000000,'run.waiting','','{"on":["agree"]}',NULL,'','9bb3ce599028574817f88d6d614b460ce5ec6ae40e5bed94f831337de95a7bcc');
INSERT INTO "entry" VALUES(94,'agreed',4,1767604860000000,'task.answered','agree','{"key":"agree","task":"task_019b8d75b460c3f0516ba882af0d","by":"ann","via":"python","outcome":"approved"}',NULL,'','c388fd283de116676469aa8898586cd5052d7868c5161c89aea8a1c1628124f6');
INSERT INTO "entry" VALUES(95,'agreed',5,1767604860000000,'task.answered','agree','{"key":"agree","task":"task_019b8d75b460c3f0516ba882af0d","by":"bob","via":"python","outcome":"edited"}','{"value":{"amount":30}}','3e1a61adbea40605b2878b83d842a0b9715dd6bfc2f9530767cae75084c4e3f8','43c7a1eaa3c65576d8ea1eeb06a3d8f09aed37218ff7b15f68f8d9797f3dca89');
INSERT INTO "entry" VALUES(96,'agreed',6,1767604860000000,'task.answered','agree','{"key":"agree","task":"task_019b8d75b460c3f0516ba882af0d","by":"eve","via":"python","outcome":"approved"}',NULL,'','3aa1968f9446c486a377fd93a7656afe9201b80c415b9cd1f3b2b46594245c94');
INSERT INTO "entry" VALUES(97,'agreed',7,1767604860000000,'task.assigned','agree','{"key":"agree","task":"task_019b8d75b460c3f0516ba882af0d","to":["role:ceo"],"was":["ann","bob","eve"],"because":"stage","stage":1}',NULL,'','a6c74632998d12ea91f42438874d08420d7fc289651d833d596dd4cf285f4f7d');
INSERT INTO "entry" VALUES(98,'agreed',8,1767604860000000,'task.answered','agree','{"key":"agree","task":"task_019b8d75b460c3f0516ba882af0d","by":"cleo","via":"python","outcome":"approved","stage":1}',NULL,'','b79e7d2331912c3d504d0827ba5e78e565c9010f1453374f1e125b4fbdb4019a');
INSERT INTO "entry" VALUES(99,'agreed',9,1767604860000000,'task.closed','agree','{"key":"agree","task":"task_019b8d75b460c3f0516ba882af0d","outcome":"edited","by":"cleo","via":"python"}',NULL,'','f4ff5ac8ffb618d12981ec43ddd5080d89d02f4b51b7ad7fb64ee8fa7306cb0d');
INSERT INTO "entry" VALUES(100,'agreed',10,1767604860000000,'run.finished','','{"status":"succeeded"}','{"output":"edited {''amount'': 30}"}','9963b5891309b45bdd250ff3324ffad322b1d11a183d38ba0ad25763e45e9410','64d9c14053db42cdc25eeee598f53ddd7c9faa002009af0a938360f43e615fdc');
INSERT INTO "entry" VALUES(101,'taken-back',1,1767604860000000,'run.started','','{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}','{"input":{"amount":2}}','0838d67e9b4ba3a71624edd0bcf6b0eb1e3b8cddc0edc42b778684c1e0251574','7eb0e16229ffb947dc8da179e972c93f4e2f4a7492e6b75dc02f2278de74927b');
INSERT INTO "entry" VALUES(102,'taken-back',2,1767604860000000,'task.opened','agree','{"key":"agree","task":"task_019b8d75b4609f3975ab20a38e21","name":"agree","asks":"approve","digest":"21c4b4b6257d6f4d39a31c83e7397eab","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}','{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":2},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}','3788e2f3bbef2be69b4073beecc96d3d5a364cdfb3d797a76db83edc51a32567','49176c41960f7656bc5c5210aa98b5b096d38c06249b83264060315267d20739');
INSERT INTO "entry" VALUES(103,'taken-back',3,1767604860000000,'run.waiting','','{"on":["agree"]}',NULL,'','58459aeec36377a04cf302ebb48e63242ba40154a4d77de6342b341956c926a4');
INSERT INTO "entry" VALUES(104,'taken-back',4,1767604860000000,'run.paused','','{"mark":"667846e1a89910bf"}',NULL,'','c5ad40308685d667f2663a161d022947840e57a56fd50d34263f1bdd2f3f2242');
INSERT INTO "entry" VALUES(105,'taken-back',5,1767604860000000,'task.answered','agree','{"key":"agree","task":"task_019b8d75b4609f3975ab20a38e21","by":"leo","via":"python","outcome":"rejected","vetoes":true}','{"reason":"no"}','c3e9b33325dc9dbc3cb986f1bd60827b41e278d868cd1de9183de9ac96a81504','f078b9499bfadd6d85d1e6fb6aedcb28802af661cf42ff29ab5c59e60e973e2d');
INSERT INTO "entry" VALUES(106,'taken-back',6,1767604860000000,'task.closed','agree','{"key":"agree","task":"task_019b8d75b4609f3975ab20a38e21","outcome":"rejected","by":"leo","via":"python"}','{"reason":"no"}','c3e9b33325dc9dbc3cb986f1bd60827b41e278d868cd1de9183de9ac96a81504','1a03d105644700b0a02c1dec77ea4bab3cdd4b6823f00c3440bb09e23e5954e4');
INSERT INTO "entry" VALUES(107,'taken-back',7,1767604860000000,'task.reopened','agree','{"key":"agree","task":"task_019b8d75b4609f3975ab20a38e21","by":"leo","via":"python","due":1768296060000000}','{"reason":"on second thoughts"}','a4dabc246128d29a82778d992979849d0f961392c64507e5a0f95a8dff97a157','0249ffb1edfad0fc301e828decd6a0faa711021d38b92fd281edab41a9091aec');
INSERT INTO "entry" VALUES(108,'handed-on',1,1767604860000000,'run.started','','{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}','{"input":{"amount":3}}','e77f465e919f106ba54a97ffe6ab9b71dccc321e7a9504a7989d9b02110a57fd','b4423744fdc77a4ea159659397401393eda1e06823ada6855e4b40f33a7305fa');
INSERT INTO "entry" VALUES(109,'handed-on',2,1767604860000000,'task.opened','agree','{"key":"agree","task":"task_019b8d75b4604c9227268eff5445","name":"agree","asks":"approve","digest":"9233db611625a8a628443511ecdacdde","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}','{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":3},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}','63f202d034f46b31f9471ac9a78abd75e2b5d6d6ae1665b946f1f32b4da18767','b31ee455aa07ecd1d46d38fc718763c4da5628f61205df9e782087d8a29aa39e');
INSERT INTO "entry" VALUES(110,'handed-on',3,1767604860000000,'run.waiting','','{"on":["agree"]}',NULL,'','9bd4c833ccf4af019c540306c645e42aa17711eb6ee07a180f1ff07716e8beb8');
INSERT INTO "entry" VALUES(111,'handed-on',4,1767608460000000,'task.reminded','agree','{"key":"agree","task":"task_019b8d75b4604c9227268eff5445","to":["ann","bob","eve"],"count":1,"next":1767781260000000}',NULL,'','b71a95d2b3657583b2e27add4bdd8bd19d3fbf0c695e0cc71d22de9dfdec02dc');
INSERT INTO "entry" VALUES(112,'handed-on',5,1767781260000000,'task.reminded','agree','{"key":"agree","task":"task_019b8d75b4604c9227268eff5445","to":["ann","bob","eve"],"count":2,"next":1767867660000000}',NULL,'','e79fe51bec484f41e8f8c9a9f820705e401be48dae67dda2faf0c061b8d6acfc');
INSERT INTO "entry" VALUES(113,'handed-on',6,1767864060000000,'task.escalated','agree','{"key":"agree","task":"task_019b8d75b4604c9227268eff5445","to":["gus"],"was":["ann","bob","eve"],"left":{"after":28800000000,"to":["hal"],"then":"reject"},"next":1767950460000000}',NULL,'','2ac479fcd5be9ce8fd339267199ea6098004ac93565aae87f26ccdaaf234930d');
INSERT INTO "entry" VALUES(114,'asked-back',1,1767864060000000,'run.started','','{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}','{"input":{"amount":4}}','a2ffbebe4bf39a51afbbfd372c57b993d04e75bc725c8c9fa467fb75684844ef','65adad2ddc73aa7115e98753aca3ff03b855ea53a2cd6390050d4ad6831fe6a4');
INSERT INTO "entry" VALUES(115,'asked-back',2,1767864060000000,'task.opened','agree','{"key":"agree","task":"task_019b9ce8c86036c19857eb62e9f1","name":"agree","asks":"approve","digest":"20188f463ae2195ef19a43f385c62edd","to":["ann","bob","eve"],"by":"rob","due":1768468860000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767867660000000,"escalate_at":1768209660000000,"risk":"high"}','{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":4},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}','393ba9b3bdc5ccd8182a386a0bc021ad419a9fcc47895f740c7ce05a03921d7a','3e8cfe6752702b2085a57707d04d99232081d3485aeb07711e3e024276a98353');
INSERT INTO "entry" VALUES(116,'asked-back',3,1767864060000000,'run.waiting','','{"on":["agree"]}',NULL,'','1f33fe2e19046c60d6e8f00d456ec3d5dff5773cf37465e395db3ea9c94123ae');
INSERT INTO "entry" VALUES(117,'asked-back',4,1767864060000000,'task.delegated','agree','{"key":"agree","task":"task_019b9ce8c86036c19857eb62e9f1","owner":"ann","to":"fay","by":"ann","via":"python"}',NULL,'','7616996fc36688040f6597c311b75980706a9430269629101f62b3fe9b67d71b');
INSERT INTO "entry" VALUES(118,'asked-back',5,1767864060000000,'task.attached','agree','{"key":"agree","task":"task_019b9ce8c86036c19857eb62e9f1","by":"ann","via":"python"}','{"name":"note","url":"https://example.com/note"}','2269aec338a37b35cb22a6679ab72fd274b47cc16a30f9a5b8309f69e3f7dc67','6d39b30bceeb2b418381a2c377deee7b6d9491ec48585b4ea8dbf7c3ba104ec8');
INSERT INTO "entry" VALUES(119,'asked-back',6,1767864060000000,'task.asked_back','agree','{"key":"agree","task":"task_019b9ce8c86036c19857eb62e9f1","by":"fay","via":"python","due_left":144000000000,"remind_left":3600000000,"escalate_left":57600000000}','{"text":"Why?"}','94d99aafa119e9621362afb37074f528f48fcf45297fffe952aa43c7f4db44e5','de49fb6aafae2898d52ea76339d53d8dba66ae128677a3bffb889f802140ae0e');
INSERT INTO "entry" VALUES(120,'asked-back',7,1767864060000000,'task.replied','agree','{"key":"agree","task":"task_019b9ce8c86036c19857eb62e9f1","by":"rob","via":"python","due":1768468860000000,"remind_at":1767867660000000,"escalate_at":1768209660000000}','{"text":"Because."}','60e2682eb641d9f36bdb8c0221677acddbc9e417f5a6cc77ba5c9be092daa332','0cdbb42d4b3de602e16fd2f402aa64dd34f31bfdcd5061b098065f0a905f20b0');
INSERT INTO "entry" VALUES(121,'asked-back',8,1767864060000000,'task.asked_back','agree','{"key":"agree","task":"task_019b9ce8c86036c19857eb62e9f1","by":"ann","via":"python","due_left":144000000000,"remind_left":3600000000,"escalate_left":57600000000}','{"text":"Why now?"}','8aa4f01511aa78cfeab9713c5e8c8e3bee682bd5a1113640b900e9b98085eef2','4dc1bfdc101374f9ca36f88e61179e7aa78507cba8ee86254b20a495386fc285');
INSERT INTO "entry" VALUES(122,'reassigned',1,1767864060000000,'run.started','','{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}','{"input":{"amount":5}}','26d9a585426fbf30c38b4d9c7a565fdc67779729f0651c07ec893b086d1088f3','131d29752de7ab435f8f7521f4315899777ac74669052d2218ca2b83e3653a6b');
INSERT INTO "entry" VALUES(123,'reassigned',2,1767864060000000,'task.opened','agree','{"key":"agree","task":"task_019b9ce8c860b23ca2c16e6dfc20","name":"agree","asks":"approve","digest":"ebd5816a08733d5cce978e5b07f95234","to":["ann","bob","eve"],"by":"rob","due":1768468860000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767867660000000,"escalate_at":1768209660000000,"risk":"high"}','{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":5},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}','be423a22ebfc6aa17beed21f9b5f943c4a965e6553244de18898076f672dd374','47279ac14799f2965c429e9617759c4da4562d075e7a5f53228f4edc2b4e6f22');
INSERT INTO "entry" VALUES(124,'reassigned',3,1767864060000000,'run.waiting','','{"on":["agree"]}',NULL,'','ee9c878e575d32daf0a725e35537282b92d853594dc2a7f939c1ed22e8e33430');
INSERT INTO "entry" VALUES(125,'reassigned',4,1767864060000000,'task.assigned','agree','{"key":"agree","task":"task_019b9ce8c860b23ca2c16e6dfc20","to":["fay","group:finance"],"was":["ann","bob","eve"],"because":"reassigned","by":"ann","via":"python"}','{"reason":"hers"}','317e8102ffe28170964f74ee9ee7e587aca9048848805b6ea9570e0cbe2ab043','2d377b95e251cd79e5ed460eec9c9d66bc303082f2d8097bdf881f307ccdc92b');
INSERT INTO "entry" VALUES(126,'asleep',1,1767864060000000,'run.started','','{"workflow":"sleeps","version":"1"}',NULL,'','2fb5ae040137924a72a6dd19711d58d2bd3e7bf3db174797e55b984923367f35');
INSERT INTO "entry" VALUES(127,'asleep',2,1767864060000000,'timer.set','sleep_until','{"key":"sleep_until","due":1769904000000000}',NULL,'','498343a9a97b0e882dc6c8ba76715e5ede7ba02164d677df08d360e36db99d83');
INSERT INTO "entry" VALUES(128,'asleep',3,1767864060000000,'run.waiting','','{"on":["sleep_until"]}',NULL,'','e4ea1e8b4d2b403984075ea90d78254d44cbd7ee2d89e05b0ede420899eec6a8');
INSERT INTO "entry" VALUES(129,'timed-out',1,1767864060000000,'run.started','','{"workflow":"times_out","version":"1","timeout":3600.0}',NULL,'','6931564e5257d04a962e5ef4693a809dc84679fc1bd6b3e48e1cc56cd0c2a499');
INSERT INTO "entry" VALUES(130,'timed-out',2,1767864060000000,'timer.set','sleep','{"key":"sleep","due":1767950460000000}',NULL,'','2a101fb904cb2cf6717c6dc10b4e326982c425c2fa25e9221e3002bd2dc3fd17');
INSERT INTO "entry" VALUES(131,'timed-out',3,1767864060000000,'run.waiting','','{"on":["sleep"]}',NULL,'','23da9d524d534f342200b7a20c613e116cc6263293b9f65f7f787275a5f861aa');
INSERT INTO "entry" VALUES(132,'handed-on',7,1767867660000000,'task.reminded','agree','{"key":"agree","task":"task_019b8d75b4604c9227268eff5445","to":["gus"],"count":3,"next":1767954060000000}',NULL,'','9f48b07fac1a7ec251f1bcacd76de83576091819b97db894fd6da44a016dc411');
INSERT INTO "entry" VALUES(133,'reassigned',5,1767867660000000,'task.reminded','agree','{"key":"agree","task":"task_019b9ce8c860b23ca2c16e6dfc20","to":["fay","group:finance"],"count":1,"next":1767954060000000}',NULL,'','0bd5fbbbbf6baaf6b959d5116b998e5bab64a24e6d2f1b71a84e5fe0b94855e7');
INSERT INTO "entry" VALUES(134,'timed-out',4,1767867660000000,'run.finished','','{"status":"timed_out"}','{"error":{"type":"timed_out","message":"The run took longer than its timeout of 1:00:00."}}','f6f2532b0cbde552ac0a0a175e141bdb06241d7ac43e1b4f0598bfcc2c6eef9f','742be512e40ae9acab859bfb3439acdf34919ade1c92713fdff1da3dfc000aba');
INSERT INTO "entry" VALUES(135,'failed',1,1767871260000000,'run.started','','{"workflow":"ships","version":"1"}',NULL,'','f88ce20283c47e6557089c2223bd30939fc9d0172fb594f2899454b4d21d8f2e');
INSERT INTO "entry" VALUES(136,'failed',2,1767871260000000,'task.opened','ship it','{"key":"ship it","task":"task_019b9d56a56061fce29bf132cacd","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}','{"title":"ship it for ships"}','5499cc35f3cb16a3150266617e66449efee77c14702b02c104ecde1724f0c138','ccb2e3a5da855f80bba93b80ded01c492d98919ad33e6d1a234d02fd5dcdf4ca');
INSERT INTO "entry" VALUES(137,'failed',3,1767871260000000,'run.waiting','','{"on":["ship it"]}',NULL,'','13d61aebb371935a66f779c77bf76814ccee64726ee31bf7a106b9e931f1875d');
INSERT INTO "entry" VALUES(138,'failed',4,1767871260000000,'task.answered','ship it','{"key":"ship it","task":"task_019b9d56a56061fce29bf132cacd","by":"ann","via":"python","outcome":"approved"}',NULL,'','2b832b03179fc2c473e406a97c06f754fd2adb977a990de7e330e46b7b25fdcd');
INSERT INTO "entry" VALUES(139,'failed',5,1767871260000000,'task.closed','ship it','{"key":"ship it","task":"task_019b9d56a56061fce29bf132cacd","outcome":"approved","by":"ann","via":"python"}',NULL,'','f35893ec1d95ac2382ab835c8be4206b9123a41aa954fffb16e9290fdadfd75e');
INSERT INTO "entry" VALUES(140,'failed',6,1767871260000000,'step.started','ship','{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}',NULL,'','dd3797be8e8ac55cceac8997452f9000611490ffbaa3a9cb13f565b0c1a27fdd');
INSERT INTO "entry" VALUES(141,'failed',7,1767871260000000,'step.failed','ship','{"key":"ship","name":"ship","attempt":1,"took":0}','{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}','17c8125439769607b4e53689f0a6ed1c24ad88c6e601b35f5be198f2edbbe6b5','f364bdc0a11bafe67fa0da7429f215d1b56745c1c0f2e27f6d408fbb61c5f0fe');
INSERT INTO "entry" VALUES(142,'failed',8,1767871260000000,'run.finished','','{"status":"failed","failed_key":"ship"}','{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}','375f319fc340d7b7fb47bd7212d9f7a3a84829440a11e1478441b7aaf59dee6f','5d871a45dbccea716179a6ac7c4c96d03589411b0e42fe52f310557fc11ed07c');
INSERT INTO "entry" VALUES(143,'retried',1,1767871260000000,'run.started','','{"workflow":"ships","version":"1"}',NULL,'','3d6bcc9b1bd5a84d7a9c9424805434de9da86a17992d953c1feb9addd1bfe142');
INSERT INTO "entry" VALUES(144,'retried',2,1767871260000000,'task.opened','ship it','{"key":"ship it","task":"task_019b9d56a5608fc151c84d06e60f","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}','{"title":"ship it for ships"}','0b16fa0c607bd159bd8a893b9b4c809bc7273699549aa0d9c90385d63e72b06a','9381f6bade9511e47ce2cd702598cedc79c9f187c75b2cb1cb03bd1bfcbbefff');
INSERT INTO "entry" VALUES(145,'retried',3,1767871260000000,'run.waiting','','{"on":["ship it"]}',NULL,'','d857864fdc06a5e870b8bbcb0660f2c6af47dd6e6889806b4886a83e0f57b3cd');
INSERT INTO "entry" VALUES(146,'retried',4,1767871260000000,'task.answered','ship it','{"key":"ship it","task":"task_019b9d56a5608fc151c84d06e60f","by":"ann","via":"python","outcome":"approved"}',NULL,'','2d841cd275edef9aed417cad173d8272906757e472aea96d4ee09afd41f2307f');
INSERT INTO "entry" VALUES(147,'retried',5,1767871260000000,'task.closed','ship it','{"key":"ship it","task":"task_019b9d56a5608fc151c84d06e60f","outcome":"approved","by":"ann","via":"python"}',NULL,'','171f57c100c8a785f5ffad1c005fdfe626cc339dc878fbdda5a6618093db614f');
INSERT INTO "entry" VALUES(148,'retried',6,1767871260000000,'step.started','ship','{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}',NULL,'','ad2a78cf13f8e96a752d60954206f0bce87379045274b16cc2c9551bc24c1483');
INSERT INTO "entry" VALUES(149,'retried',7,1767871260000000,'step.failed','ship','{"key":"ship","name":"ship","attempt":1,"took":0}','{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}','abb59575bae2a444ae82d08b837162fdde8b6a71004a1d66c8b9ad95a033e086','436056170f069c7a8cef55d85b5014e8ced562763aae36405826f0f0f7dbfcbe');
INSERT INTO "entry" VALUES(150,'retried',8,1767871260000000,'run.finished','','{"status":"failed","failed_key":"ship"}','{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}','6ae2e9df11e1d4d40efb7b2c8d83bb2bd3f51170e9cf302c1fd2a85584e8f87e','65affa82f23d751e69a13dfb14288818e7abed2e185200eb67f33f2aca3e0e03');
INSERT INTO "entry" VALUES(151,'retried',9,1767871260000000,'run.retried','','{"by":"ann"}',NULL,'','e50d508619643dd03a3cba06194f927ea29953aaba03d518457fa7fe5e0fa2e3');
INSERT INTO "entry" VALUES(152,'retried',10,1767871260000000,'step.started','ship','{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}',NULL,'','381042fe9eeaa36a0feb2dcd142634df9dcd20c0e15dddde3fe9f5ba82930dfa');
INSERT INTO "entry" VALUES(153,'retried',11,1767871260000000,'step.failed','ship','{"key":"ship","name":"ship","attempt":1,"took":0}','{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}','abb59575bae2a444ae82d08b837162fdde8b6a71004a1d66c8b9ad95a033e086','dd92ea831678496ed897f59b22e8e6ee6d76fa08328bfd15937b4f8703e08d5d');
INSERT INTO "entry" VALUES(154,'retried',12,1767871260000000,'run.finished','','{"status":"failed","failed_key":"ship"}','{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}','6ae2e9df11e1d4d40efb7b2c8d83bb2bd3f51170e9cf302c1fd2a85584e8f87e','5ab30807973468d9ef53653f2c9ec27bb376bc9138ab8560c9834cb15df6c9ba');
INSERT INTO "entry" VALUES(155,'paused',1,1767871260000000,'run.started','','{"workflow":"ships","version":"1"}',NULL,'','93dd072d28aa774fb9fe04a72e344d0238a5ce60027de25e26705404e17a355b');
INSERT INTO "entry" VALUES(156,'paused',2,1767871260000000,'task.opened','ship it','{"key":"ship it","task":"task_019b9d56a5600c83a512aa0478eb","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}','{"title":"ship it for ships"}','2a0f19c4fdc9a260f0d1a59eb1268492551cd34d4c02f4721a733a58f713648d','a9c5fe6ec143fc06b02e7352ae4a384e199453409be2cf692002bfe1e903088d');
INSERT INTO "entry" VALUES(157,'paused',3,1767871260000000,'run.waiting','','{"on":["ship it"]}',NULL,'','9db73d37ddd451c650f4a05a151f37625aed5e279c1d7ad6ac69071672ad8323');
INSERT INTO "entry" VALUES(158,'paused',4,1767871260000000,'run.paused','','{"by":"ann","mark":"973bededd646e36c"}',NULL,'','b310cc24c2ac8dd12ecc34e71a3f6fcde287407396f18d49bac07fb1aeb5c48f');
INSERT INTO "entry" VALUES(159,'paused-once',1,1767871260000000,'run.started','','{"workflow":"ships","version":"1"}',NULL,'','58c73032e7104d3b865d63d083e98333c9f0ad225af5e9484b724850090cc6d3');
INSERT INTO "entry" VALUES(160,'paused-once',2,1767871260000000,'task.opened','ship it','{"key":"ship it","task":"task_019b9d56a5607bcdfc7ab40ae315","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}','{"title":"ship it for ships"}','94d9bc93a4dee512b1e42bf99868f8845c9c8a8f8eb654595bf32e0948d0c7ec','b0ffc61de0ed977e76f199e5bb2137e7e4e11ac85de9a951a6c5d562c9a808ad');
INSERT INTO "entry" VALUES(161,'paused-once',3,1767871260000000,'run.waiting','','{"on":["ship it"]}',NULL,'','9c136814116ed5e5012183cc0f538114e7d2a07fa0b25d3228081d36a7ad2042');
INSERT INTO "entry" VALUES(162,'paused-once',4,1767871260000000,'run.paused','','{"by":"ann","mark":"bb3bac32168bfa65"}',NULL,'','f6d160e0695b05137b5ea9f93a6e7b56de8ef7d98a93969ad3cb22feb2ab7783');
INSERT INTO "entry" VALUES(163,'paused-once',5,1767871260000000,'run.resumed','','{"by":"bob"}',NULL,'','2f5962d4cb0e96d050f0767414d1e424c3645905b7495de680a8834ae83d7699');
INSERT INTO "entry" VALUES(164,'paused-once',6,1767871260000000,'run.waiting','','{"on":["ship it"]}',NULL,'','33d2c22de0cde8567514843a067f0eadf71ccc9fa6d4cefeceab05371aacd6b5');
INSERT INTO "entry" VALUES(165,'cancelled',1,1767871260000000,'run.started','','{"workflow":"asks","version":"1","takes":"dict[str, int]"}','{"input":{"of":1}}','9d160267399253da388be61f68cbf77a5fc35d2880fa113310839def2aefe8ae','84cda9324bb58ed8beec13522a4e116400212d951d0a9d728376b5b782b1dc68');
INSERT INTO "entry" VALUES(166,'cancelled',2,1767871260000000,'task.opened','child task','{"key":"child task","task":"task_019b9d56a560102ac315bec97c51","name":"child task","asks":"approve","digest":"89deff716ea462c2cd98a824b39f6f68"}','{"title":"child task for asks","value":{"of":1},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}','7102a5b60efa1476825ccf1ce66a06f4ebe8330bf028dd890616e4fcbe3de73a','f84c93d2f067367b41315888f61911ec22cfc5af7e48eec06a78c0ce3e0a2b62');
INSERT INTO "entry" VALUES(167,'cancelled',3,1767871260000000,'run.waiting','','{"on":["child task"]}',NULL,'','1a6e1500235b927d67509ed76dfdc773ba6758a42dc8c3b94ef233ee87cf6d35');
INSERT INTO "entry" VALUES(168,'cancelled',4,1767871260000000,'task.closed','child task','{"key":"child task","task":"task_019b9d56a560102ac315bec97c51","outcome":"cancelled","by":"ann","via":"run","withdrawn":true}','{"reason":"The run ended: cancelled."}','22ee90ad3918393ae4ebe822daaa69eda6d821186f77dfd8cb1acf14e179f70e','6e325340f790bf84195e030504546524681698b04921499ff2c81eac4612e01c');
INSERT INTO "entry" VALUES(169,'cancelled',5,1767871260000000,'run.finished','','{"status":"cancelled","by":"ann"}','{"error":{"type":"cancelled","message":"no longer wanted","by":"ann"}}','9fd8fa24786d78f081b4b8c7a6f5fb31c8036ecfdc6b7d497185e45b59cdd218','cf0095febc8f6f3a4d5210fa1bdc415cb7f74bfd6842be03b830a976d9deb340');
INSERT INTO "entry" VALUES(170,'erased',1,1767871260000000,'run.started','','{"workflow":"asks","version":"1","by":"ann","takes":"dict[str, int]"}',NULL,'b53351c6c7b050e13a3bc75e18796d459fc72421570e4dece78f2343f4cfc030','512def15ccfd76b916215fe6e8f0076ed1411b98938562138bf6ac9589f50b5b');
INSERT INTO "entry" VALUES(171,'erased',2,1767871260000000,'task.opened','child task','{"key":"child task","task":"task_019b9d56a5609754220f87645781","name":"child task","asks":"approve","digest":"21373f747dada4cd2050afe8d0a0ec36","by":"ann"}',NULL,'abbf22046c2b660a5e74650c81f9bfa25ed4b14603906b6a194dcc1b13f2f837','286738fb91af8f99285a3ad3c71330d2ae94ff26d2aceae87d660c038ffdb185');
INSERT INTO "entry" VALUES(172,'erased',3,1767871260000000,'run.waiting','','{"on":["child task"]}',NULL,'','6a66175f32a2413af5f3d61897cdae5ecb49d0f3a872a617937992f725853412');
INSERT INTO "entry" VALUES(173,'erased',4,1767871260000000,'task.answered','child task','{"key":"child task","task":"task_019b9d56a5609754220f87645781","by":"ann","via":"python","outcome":"rejected"}',NULL,'e2968bd998af7146014d2bdf54d565784ce3034956fb3fc2b7bfb8628f462ec8','458b5c7ea9525023133c5cb861b323a94d37a8c39b66542676907a878c125532');
INSERT INTO "entry" VALUES(174,'erased',5,1767871260000000,'task.closed','child task','{"key":"child task","task":"task_019b9d56a5609754220f87645781","outcome":"rejected","by":"ann","via":"python"}',NULL,'e2968bd998af7146014d2bdf54d565784ce3034956fb3fc2b7bfb8628f462ec8','2c48952084a7f2f6c998ef715529f0dc4bf06c99f9f0dfe9f60a7a8cdb38dd79');
INSERT INTO "entry" VALUES(175,'erased',6,1767871260000000,'run.finished','','{"status":"succeeded"}',NULL,'2109f1d37da925b520608baac1d14e39c83eac0421cb4137f009ee72c9e3bf06','1228238565977aed3746970f7697962ca2e58d631183b9da5891075ebd7131dc');
INSERT INTO "entry" VALUES(176,'erased',7,1767871260000000,'payloads.erased','','{"by":"ann"}',NULL,'','f1f2c26e05ecbbef8babe69f2bc1396390355f019c66dcf4170d2fa77561ed25');
INSERT INTO "entry" VALUES(177,'parked',1,1767871260000000,'run.started','','{"workflow":"changes","version":"1"}',NULL,'','f91c49ae4e46fdbf95e928ff2ea19d4e029682182c7763e3e3c01da0eea88466');
INSERT INTO "entry" VALUES(178,'parked',2,1767871260000000,'step.started','original','{"key":"original","name":"original","attempt":1,"digest":""}',NULL,'','6482d9e7f11525cdf1b2a19f85b1915121d63aa58073d582436a237afd5ec578');
INSERT INTO "entry" VALUES(179,'parked',3,1767871260000000,'step.finished','original','{"key":"original","name":"original","attempt":1,"took":0}','{"result":1}','99faf9c183024ac3accd2456c3fa919fee43509663c8790b8302bdefe22124f4','f4c5851a1ad42fe6e98f41905254b5f1cd6aeaa535069659bf7ad0d21c283b8e');
INSERT INTO "entry" VALUES(180,'parked',4,1767871260000000,'task.opened','go on','{"key":"go on","task":"task_019b9d56a560ee150ae2c1d4c501","name":"go on","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}','{"title":"go on for changes"}','720e4e13ad8a5966966d34189130781cec3e6ff6301b7b8599563001ecf15a90','af67b660c821f700adb8adfd9aeaffd40bac4a4d2a09fe11a75287d018e64dfb');
INSERT INTO "entry" VALUES(181,'parked',5,1767871260000000,'run.waiting','','{"on":["go on"]}',NULL,'','9de2b5bf7b9e12e5795501a3cf9f5a802b64cc171b238b749d3de80e3e540f9e');
INSERT INTO "entry" VALUES(182,'parked',6,1767871260000000,'task.answered','go on','{"key":"go on","task":"task_019b9d56a560ee150ae2c1d4c501","by":"ann","via":"python","outcome":"approved"}',NULL,'','1057637abb179d9b5a86fd1a11e628942c4fc50081738f1cf48b328545121e16');
INSERT INTO "entry" VALUES(183,'parked',7,1767871260000000,'task.closed','go on','{"key":"go on","task":"task_019b9d56a560ee150ae2c1d4c501","outcome":"approved","by":"ann","via":"python"}',NULL,'','f03dfcb6663870832f3d738ff101345f043df1ce36b8016bfc8d80dcca9bc47d');
INSERT INTO "entry" VALUES(184,'parked',8,1767871260000000,'run.parked','','{"code":"journal_mismatch"}','{"reason":"Run ''parked'' recorded the step ''original'' here, but the code now asks for the step ''renamed''. Restore the old order, or register the change as a new version."}','df160c38a90e1b38a5c43986de6b68c7ddbaa8f64335c79221b0537381ba8ae2','82032346d581b45cd2c66ea9e89a9eb7d54ffc844a50eeed5de1c137a473ec94');
CREATE TABLE migration (version integer primary key, checksum text not null, applied text not null);
INSERT INTO "migration" VALUES(1,'d72db829a3a21d738de1f9b8becf5865cdbc43292bb5c4a0375026c391e33950','2026-11-27T22:45:40.771060+00:00');
INSERT INTO "migration" VALUES(2,'f99b26a81952f56e0bb3d59303ada9d3c01cd3e7edf20fba4b0cfb66319de45f','2026-11-27T22:45:40.783952+00:00');
INSERT INTO "migration" VALUES(3,'3c2bb976f29667857a4103e29dc587d0ed40c94e83439313ddf1faa21893e015','2026-11-27T22:45:40.784292+00:00');
INSERT INTO "migration" VALUES(4,'3743ba334511b3996a4fc414bf6d5e3a289cb3b09b5e0336e03e64f77d322d1d','2026-11-27T22:45:40.787340+00:00');
INSERT INTO "migration" VALUES(5,'bd3ab329eb2ef55d045c5df829a50f0ba28d2dd07210ff3261bffbc1605d4757','2026-11-27T22:45:40.791626+00:00');
CREATE TABLE place (
        run      text primary key,
        queue    text not null,
        standing text not null,
        first    integer,
        arrived  integer not null
    ) without rowid;
CREATE TABLE run (
        id       text primary key,
        workflow text not null,
        version  text not null,
        status   text not null,
        number   integer not null,
        head     text not null,
        by       text,
        labels   text not null,
        root     text not null,
        parent   text,
        created  integer not null,
        updated  integer not null,
        finished integer,
        state    text not null
    ) without rowid;
INSERT INTO "run" VALUES('agreed','agrees','1','succeeded',10,'64d9c14053db42cdc25eeee598f53ddd7c9faa002009af0a938360f43e615fdc','rob','{}','agreed',NULL,1767604860000000,1767604860000000,1767604860000000,'{"salt":"c6e169116b7a92c3","names":{"agree":1}}');
INSERT INTO "run" VALUES('asked-back','agrees','1','waiting',8,'4dc1bfdc101374f9ca36f88e61179e7aa78507cba8ee86254b20a495386fc285','rob','{}','asked-back',NULL,1767864060000000,1767864060000000,NULL,'{"salt":"3b23c6bab4066eeb","waiting_for":["agree"],"names":{"agree":1}}');
INSERT INTO "run" VALUES('asleep','sleeps','1','waiting',3,'e4ea1e8b4d2b403984075ea90d78254d44cbd7ee2d89e05b0ede420899eec6a8',NULL,'{}','asleep',NULL,1767864060000000,1767864060000000,NULL,'{"salt":"188b368599767f23","waiting_for":["sleep_until"]}');
INSERT INTO "run" VALUES('cancelled','asks','1','cancelled',5,'cf0095febc8f6f3a4d5210fa1bdc415cb7f74bfd6842be03b830a976d9deb340',NULL,'{}','cancelled',NULL,1767871260000000,1767871260000000,1767871260000000,'{"salt":"0bdc143c80d73f33","names":{"child task":0}}');
INSERT INTO "run" VALUES('erased','asks','1','succeeded',7,'f1f2c26e05ecbbef8babe69f2bc1396390355f019c66dcf4170d2fa77561ed25','ann','{}','erased',NULL,1767871260000000,1767871260000000,1767871260000000,'{"salt":"","names":{"child task":1},"signals":[{},[],{},[]]}');
INSERT INTO "run" VALUES('everything','everything','1','waiting',30,'e7a31e7f3c3ae93d3c7acf5970a5ea40e6c3444ee1f1683de3e913f67d065c7a','ann','{"team":"a"}','everything',NULL,1767603600000000,1767604260000000,NULL,'{"salt":"454687637106c074","waiting_for":["refund"],"names":{"refund":1}}');
INSERT INTO "run" VALUES('everything.asks','asks','1','succeeded',6,'1c83f24f09c1c57003ab71ea74ee0cb94e8a527df43eaf195e685d560b971e06','ann','{}','everything','everything',1767604201000000,1767604260000000,1767604260000000,'{"salt":"6dfc33680b45d3fb","path":["asks"],"parent_key":"asks","names":{"child task":1}}');
INSERT INTO "run" VALUES('failed','ships','1','failed',8,'5d871a45dbccea716179a6ac7c4c96d03589411b0e42fe52f310557fc11ed07c',NULL,'{}','failed',NULL,1767871260000000,1767871260000000,1767871260000000,'{"salt":"cece584985d10758","names":{"ship it":1}}');
INSERT INTO "run" VALUES('handed-on','agrees','1','waiting',7,'9f48b07fac1a7ec251f1bcacd76de83576091819b97db894fd6da44a016dc411','rob','{}','handed-on',NULL,1767604860000000,1767867660000000,NULL,'{"salt":"a98401617314f65d","waiting_for":["agree"],"names":{"agree":1}}');
INSERT INTO "run" VALUES('parked','changes','1','parked',8,'82032346d581b45cd2c66ea9e89a9eb7d54ffc844a50eeed5de1c137a473ec94',NULL,'{}','parked',NULL,1767871260000000,1767871260000000,NULL,'{"salt":"6f8113157477dfa5","waiting_for":["go on"],"names":{"go on":1},"parked":"journal_mismatch"}');
INSERT INTO "run" VALUES('paused','ships','1','paused',4,'b310cc24c2ac8dd12ecc34e71a3f6fcde287407396f18d49bac07fb1aeb5c48f',NULL,'{}','paused',NULL,1767871260000000,1767871260000000,NULL,'{"salt":"bc2df0a40b7ee097","waiting_for":["ship it"],"names":{"ship it":1},"mark":"973bededd646e36c"}');
INSERT INTO "run" VALUES('paused-once','ships','1','waiting',6,'33d2c22de0cde8567514843a067f0eadf71ccc9fa6d4cefeceab05371aacd6b5',NULL,'{}','paused-once',NULL,1767871260000000,1767871260000000,NULL,'{"salt":"0db43cf00de78ce6","waiting_for":["ship it"],"names":{"ship it":1}}');
INSERT INTO "run" VALUES('races','races','1','waiting',16,'4521a3b16b56e4c3185e6aedb6c2f37a5dc64eb1ffbe011a90fa1deb61f5502d',NULL,'{}','races',NULL,1767604860000000,1767604860000000,NULL,'{"salt":"8403c23c9a3d4b19","waiting_for":["last"],"names":{"never answered":1,"quick":1,"last":1}}');
INSERT INTO "run" VALUES('reassigned','agrees','1','waiting',5,'0bd5fbbbbf6baaf6b959d5116b998e5bab64a24e6d2f1b71a84e5fe0b94855e7','rob','{}','reassigned',NULL,1767864060000000,1767867660000000,NULL,'{"salt":"0b56c9351a8fd1f8","waiting_for":["agree"],"names":{"agree":1}}');
INSERT INTO "run" VALUES('retried','ships','1','failed',12,'5ab30807973468d9ef53653f2c9ec27bb376bc9138ab8560c9834cb15df6c9ba',NULL,'{}','retried',NULL,1767871260000000,1767871260000000,1767871260000000,'{"salt":"d8becbb8838dba62","names":{"ship it":1}}');
INSERT INTO "run" VALUES('succeeded','everything','1','succeeded',32,'e0be52672aee9afc9e3906ea825a6487e2454c303d57ea4c35aa0471a77d8aea',NULL,'{}','succeeded',NULL,1767604260000000,1767604860000000,1767604860000000,'{"salt":"c506f79febfa7c61","names":{"refund":1,"color":1,"words":1}}');
INSERT INTO "run" VALUES('succeeded.asks','asks','1','succeeded',6,'656b166e9d78b5b12720d72fbd28cff706ea9e473174b89e9ea52a82d9239c6c',NULL,'{}','succeeded','succeeded',1767604860000000,1767604860000000,1767604860000000,'{"salt":"2b01b1f38911a58d","path":["asks"],"parent_key":"asks","names":{"child task":1}}');
INSERT INTO "run" VALUES('taken-back','agrees','1','paused',7,'0249ffb1edfad0fc301e828decd6a0faa711021d38b92fd281edab41a9091aec','rob','{}','taken-back',NULL,1767604860000000,1767604860000000,NULL,'{"salt":"0f020b329c0aabbe","waiting_for":["agree"],"names":{"agree":1},"mark":"667846e1a89910bf"}');
INSERT INTO "run" VALUES('timed-out','times_out','1','timed_out',4,'742be512e40ae9acab859bfb3439acdf34919ade1c92713fdff1da3dfc000aba',NULL,'{}','timed-out',NULL,1767864060000000,1767867660000000,1767867660000000,'{"salt":"f1d78d8b562ff176","timeout":3600.0,"spent":3600.0,"counts_waiting":false}');
CREATE TABLE task (
        id       text primary key,
        run      text not null,
        root     text not null,
        workflow text not null,
        number   integer not null,
        name     text not null,
        kind     text not null,
        status   text not null,
        outcome  text,
        title    text not null,
        who      text not null,
        opened   integer not null,
        due      integer,
        priority integer not null,
        state    text not null
    , risk text, labels text not null default '', words text not null default '') without rowid;
INSERT INTO "task" VALUES('task_019b8d6ba62800750cf769db2177','everything.asks','everything','asks',2,'child task','approve','closed','approved','child task for asks','[]',1767604201000000,NULL,0,'{"answers":[[1767604260000000,"bob","approved","python",null,"why not"]],"closing":[1767604260000000,"approved","bob","python","why not",false]}',NULL,'','child task for asks
child task
everything.asks
asks');
INSERT INTO "task" VALUES('task_019b8d6c8ca014ae0906c5f8689a','everything','everything','everything',23,'refund','approve','claimed',NULL,'Refund the order?','["ann","group:finance"]',1767604260000000,1770196260000000,2,'{"owner":"ann","comments":[[1767604260000000,"bob","Is this right?"]]}',NULL,'teama','refund the order?
refund
everything
everything');
INSERT INTO "task" VALUES('task_019b8d75b4601a4496dfdc690712','succeeded','succeeded','everything',20,'refund','approve','closed','approved','Refund the order?','["ann","group:finance"]',1767604860000000,1770196860000000,2,'{"answers":[[1767604860000000,"ann","approved","python",null,null]],"closing":[1767604860000000,"approved","ann","python",null,false]}',NULL,'teama','refund the order?
refund
succeeded
everything');
INSERT INTO "task" VALUES('task_019b8d75b46039a3ab461fa3b83a','races','races','races',3,'never answered','approve','closed','cancelled','never answered for races','[]',1767604860000000,1767612060000000,0,'{"closing":[1767604860000000,"cancelled",null,"workflow",null,true]}',NULL,'','never answered for races
never answered
races
races');
INSERT INTO "task" VALUES('task_019b8d75b46039c2f3d333f12175','races','races','races',15,'last','approve','open',NULL,'last for races','[]',1767604860000000,NULL,0,'{}',NULL,'','last for races
last
races
races');
INSERT INTO "task" VALUES('task_019b8d75b4604c9227268eff5445','handed-on','handed-on','agrees',2,'agree','approve','open',NULL,'agree for agrees','["gus"]',1767604860000000,1768296060000000,0,'{"assigned":["gus"],"clocks":[1768296060000000,1767954060000000,1767950460000000],"escalations":{"after":28800000000,"to":["hal"],"then":"reject"},"escalated":1,"reminded":3}','high','','agree for agrees
agree
handed-on
agrees');
INSERT INTO "task" VALUES('task_019b8d75b4606cab8bd11d062fd3','succeeded','succeeded','everything',24,'color','choose','closed','answered','color for everything','[]',1767604860000000,NULL,0,'{"answers":[[1767604860000000,"ann","answered","python",["blue"],null]],"closing":[1767604860000000,"answered","ann","python",null,false]}',NULL,'','color for everything
color
succeeded
everything');
INSERT INTO "task" VALUES('task_019b8d75b4608191d61b4f3745a1','succeeded.asks','succeeded','asks',2,'child task','approve','closed','rejected','child task for asks','[]',1767604860000000,NULL,0,'{"answers":[[1767604860000000,"bob","rejected","python",null,"no"]],"closing":[1767604860000000,"rejected","bob","python","no",false]}',NULL,'','child task for asks
child task
succeeded.asks
asks');
INSERT INTO "task" VALUES('task_019b8d75b4609f3975ab20a38e21','taken-back','taken-back','agrees',2,'agree','approve','open',NULL,'agree for agrees','["ann","bob","eve"]',1767604860000000,1768296060000000,0,'{"answers":[[1767604860000000,"leo","rejected","python",null,"no",null,true,true]],"clocks":[1768296060000000,null,null]}','high','','agree for agrees
agree
taken-back
agrees');
INSERT INTO "task" VALUES('task_019b8d75b460c3f0516ba882af0d','agreed','agreed','agrees',2,'agree','approve','closed','edited','agree for agrees','["role:ceo"]',1767604860000000,1768296060000000,0,'{"answers":[[1767604860000000,"ann","approved","python",null,null],[1767604860000000,"bob","edited","python",{"amount":30},null],[1767604860000000,"eve","approved","python",null,null],[1767604860000000,"cleo","approved","python",null,null]],"closing":[1767604860000000,"edited","cleo","python",null,false],"stage":1,"assigned":["role:ceo"],"since":3,"edit":[1]}','high','','agree for agrees
agree
agreed
agrees');
INSERT INTO "task" VALUES('task_019b8d75b460dabcb485db700767','races','races','races',4,'quick','approve','closed','approved','quick for races','[]',1767604860000000,NULL,0,'{"answers":[[1767604860000000,"ann","approved","python",null,null]],"closing":[1767604860000000,"approved","ann","python",null,false]}',NULL,'','quick for races
quick
races
races');
INSERT INTO "task" VALUES('task_019b8d75b460ddb35ded3d03c870','succeeded','succeeded','everything',28,'words','ask','closed','answered','words for everything','[]',1767604860000000,NULL,0,'{"answers":[[1767604860000000,"ann","answered","python",{"amount":2.5,"note":"ü"},null]],"closing":[1767604860000000,"answered","ann","python",null,false]}',NULL,'','words for everything
words
succeeded
everything');
INSERT INTO "task" VALUES('task_019b9ce8c86036c19857eb62e9f1','asked-back','asked-back','agrees',2,'agree','approve','open',NULL,'agree for agrees','["ann","bob","eve","fay"]',1767864060000000,NULL,0,'{"comments":[[1767864060000000,"fay","Why?"],[1767864060000000,"rob","Because."]],"delegations":[["ann","fay"]],"attached":[["note","https://example.com/note","ann"]],"question":[1767864060000000,"ann","Why now?",144000000000,3600000000,57600000000],"clocks":[null,null,null]}','high','','agree for agrees
agree
asked-back
agrees');
INSERT INTO "task" VALUES('task_019b9ce8c860b23ca2c16e6dfc20','reassigned','reassigned','agrees',2,'agree','approve','open',NULL,'agree for agrees','["fay","group:finance"]',1767864060000000,1768468860000000,0,'{"assigned":["fay","group:finance"],"clocks":[1768468860000000,1767954060000000,1768209660000000],"reminded":1}','high','','agree for agrees
agree
reassigned
agrees');
INSERT INTO "task" VALUES('task_019b9d56a5600c83a512aa0478eb','paused','paused','ships',2,'ship it','approve','open',NULL,'ship it for ships','[]',1767871260000000,NULL,0,'{}',NULL,'','ship it for ships
ship it
paused
ships');
INSERT INTO "task" VALUES('task_019b9d56a560102ac315bec97c51','cancelled','cancelled','asks',2,'child task','approve','closed','cancelled','child task for asks','[]',1767871260000000,NULL,0,'{"closing":[1767871260000000,"cancelled","ann","run","The run ended: cancelled.",true]}',NULL,'','child task for asks
child task
cancelled
asks');
INSERT INTO "task" VALUES('task_019b9d56a56061fce29bf132cacd','failed','failed','ships',2,'ship it','approve','closed','approved','ship it for ships','[]',1767871260000000,NULL,0,'{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}',NULL,'','ship it for ships
ship it
failed
ships');
INSERT INTO "task" VALUES('task_019b9d56a5607bcdfc7ab40ae315','paused-once','paused-once','ships',2,'ship it','approve','open',NULL,'ship it for ships','[]',1767871260000000,NULL,0,'{}',NULL,'','ship it for ships
ship it
paused-once
ships');
INSERT INTO "task" VALUES('task_019b9d56a5608fc151c84d06e60f','retried','retried','ships',2,'ship it','approve','closed','approved','ship it for ships','[]',1767871260000000,NULL,0,'{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}',NULL,'','ship it for ships
ship it
retried
ships');
INSERT INTO "task" VALUES('task_019b9d56a5609754220f87645781','erased','erased','asks',2,'child task','approve','closed','rejected','','[]',1767871260000000,NULL,0,'{"answers":[[1767871260000000,"ann","rejected","python",null,null]],"closing":[1767871260000000,"rejected","ann","python",null,false]}',NULL,'','
child task
erased
asks');
INSERT INTO "task" VALUES('task_019b9d56a560ee150ae2c1d4c501','parked','parked','changes',4,'go on','approve','closed','approved','go on for changes','[]',1767871260000000,NULL,0,'{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}',NULL,'','go on for changes
go on
parked
changes');
CREATE TABLE timer (
        run text not null,
        key text not null,
        due integer not null,
        primary key (run, key)
    ) without rowid;
INSERT INTO "timer" VALUES('handed-on','escalate:task_019b8d75b4604c9227268eff5445',1767950460000000);
INSERT INTO "timer" VALUES('handed-on','remind:task_019b8d75b4604c9227268eff5445',1767954060000000);
INSERT INTO "timer" VALUES('reassigned','remind:task_019b9ce8c860b23ca2c16e6dfc20',1767954060000000);
INSERT INTO "timer" VALUES('reassigned','escalate:task_019b9ce8c860b23ca2c16e6dfc20',1768209660000000);
INSERT INTO "timer" VALUES('handed-on','task:task_019b8d75b4604c9227268eff5445',1768296060000000);
INSERT INTO "timer" VALUES('taken-back','task:task_019b8d75b4609f3975ab20a38e21',1768296060000000);
INSERT INTO "timer" VALUES('reassigned','task:task_019b9ce8c860b23ca2c16e6dfc20',1768468860000000);
INSERT INTO "timer" VALUES('asleep','sleep_until',1769904000000000);
INSERT INTO "timer" VALUES('everything','task:task_019b8d6c8ca014ae0906c5f8689a',1770196260000000);
CREATE TABLE waiter (
        run   text not null,
        key   text not null,
        event text not null,
        since integer not null,
        due   integer,
        done  integer,
        primary key (run, key, event)
    ) without rowid;
CREATE UNIQUE INDEX entry_run on entry (run, number);
CREATE INDEX run_created on run (created desc, id desc);
CREATE INDEX run_status on run (status, created desc, id desc);
CREATE INDEX run_child on run (root) where parent is not null;
CREATE INDEX task_run on task (run);
CREATE INDEX timer_due on timer (due);
CREATE INDEX waiter_open on waiter (event, since, run, key) where done is null;
CREATE INDEX waiter_done on waiter (event, done desc) where done is not null;
CREATE INDEX place_arrived on place (arrived);
CREATE INDEX place_inside on place (queue) where standing = 'in';
CREATE INDEX place_start on place (queue, arrived) where standing = 'queued' and first is null;
CREATE INDEX place_return on place (queue, arrived) where standing = 'queued' and first is not null;
CREATE INDEX place_first on place (queue, first) where first is not null;
CREATE INDEX task_open on task
        (priority desc, opened, id, status, due, workflow, kind, risk, labels, words)
        where status <> 'closed';
CREATE INDEX task_opened on task
        (opened desc, id desc, status, priority, due, workflow, kind, risk, labels, words, who);
CREATE INDEX task_below on task (root) where root <> run;
CREATE INDEX candidate_task on candidate (task);
COMMIT;
